"""From a program of declarations through Pyomo's language to sparse arrays, HiGHS and back; knows nothing about energy."""
