"""Feature room: corridors, hosting limits and neighbours.  Every file is found at start."""
