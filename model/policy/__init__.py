"""Feature room: what law and policy add as rows and costs.  Every file is found at start."""
