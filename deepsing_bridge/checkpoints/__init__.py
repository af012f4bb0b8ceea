"""Checkpoints of others become model sets of ours: had from the net or from a folder, checked, and converted once.

Everything here distrusts what it is given: a file is read by what can do nothing else, and compared with the
architecture it claims to be of, before any of it is used. Knows the pipeline's networks; nothing in the pipeline
knows it.
"""
