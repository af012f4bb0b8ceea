"""Valence and arousal of sound and of pictures: the estimators f and g of the paper (Figure 2), and their alignment."""
