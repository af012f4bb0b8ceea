"""The paper's audio attribute estimator (section 3.1): from 500 ms of features to two numbers."""

import torch
from torch import Tensor, nn


class AudioRegressor(nn.Module):
    """9,156 inputs → 256 sigmoid units → 2 outputs; layers named as in the authors' checkpoint.

    Which output is valence and which arousal, the weight file's header says.
    """

    def __init__(self, inputs: int = 9_156, hidden: int = 256) -> None:
        super().__init__()
        self.fc1 = nn.Linear(inputs, hidden)
        self.fc2 = nn.Linear(hidden, 2)

    def forward(self, windows: Tensor) -> Tensor:
        """(n, 9156) → (n, 2)."""
        return self.fc2(torch.sigmoid(self.fc1(windows)))
