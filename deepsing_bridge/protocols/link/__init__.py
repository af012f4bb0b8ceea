"""Ableton Link: tempo, beats and start and stop shared with other programs on the network."""
