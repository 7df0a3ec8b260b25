"""What `scripts/benchmark.py` compares: the same linear program, stated and built by each peer in its own way."""
