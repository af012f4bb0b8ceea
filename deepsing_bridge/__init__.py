"""Turns a song into a sentiment-aware visual story and puts it where people work."""

__version__ = "0.1.0"
