"""Feature room: industrial sites behind the meter.  Every file is found at start."""
