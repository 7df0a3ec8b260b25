"""Feature room: how energy is converted, stored and built.  Every file is found at start."""
