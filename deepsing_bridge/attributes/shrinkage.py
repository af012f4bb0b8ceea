"""Moments of a song are drawn towards the mean of the piece that they are of: shrinkage, as in hierarchical models.

Whoever learned from clips that have one rating each is sure of a piece and guesses at its moments (Efron and Morris
1975, "Data analysis using Stein's estimator", for why less of a guess is nearer).
"""

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float32]


def shrunk(curve: Curve, starts: NDArray[np.intp], kept: float) -> Curve:
    """`curve` (windows,), of which `kept`, 0..1, of each moment's distance to its piece's mean is left.

    `starts`: the windows with which pieces after the first begin, ascending. A song of one piece stays as it is: its
    moments are all that there is to tell apart.
    """
    if not len(starts):
        return curve
    pieces = np.split(curve, starts)
    return np.concatenate([piece.mean() + kept * (piece - piece.mean()) for piece in pieces]).astype(np.float32)
