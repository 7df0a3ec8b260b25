"""Loops and questions around the solve: what to expect of one, and studies of many."""
