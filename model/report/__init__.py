"""From a result cube to answers: summary table, explanation of a moment, comparison of two runs, a page of pictures."""
