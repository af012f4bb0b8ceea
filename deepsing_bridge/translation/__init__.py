"""Sentiment becomes a class and a latent of a generator (paper section 2.2)."""
