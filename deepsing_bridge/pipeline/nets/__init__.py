"""The definitions of the networks, and nothing else: no files, no data, no training."""
