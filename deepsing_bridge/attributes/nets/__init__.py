"""The definitions of the estimators' networks, and nothing else: no files, no data, no training."""
