"""What a picture is seen through: a classifier of ImageNet's without its last layer.

Nothing here knows which network it is; `efficientnet_lite` and `mobilenet` do.
"""

from torch import Tensor, nn


class Backbone(nn.Module):
    """A classifier without its last layer: RGB 0..1 (n, 3, size, size) → pooled features (n, width), never negative.

    Fine-tuning changes the last `tuned` of its `stages`, the pooling counted; the others stay as ImageNet left them.
    `classes` is the last layer, which says from the pooled features how much speaks for each of ImageNet's classes;
    only a backbone that came with it has one.
    """

    size: int
    width: int
    tuned: int
    stages: nn.Sequential
    classes: nn.Linear

    def normalise(self, pictures: Tensor) -> Tensor:
        """RGB 0..1 as the first stage wants it."""
        raise NotImplementedError

    def forward(self, pictures: Tensor) -> Tensor:
        features: Tensor = self.stages(self.normalise(pictures))
        return features

    def maps(self, pictures: Tensor) -> Tensor:
        """RGB 0..1 (n, 3, size, size) → (n, channels, h, w), which the fine-tuned stages take up."""
        maps: Tensor = self.stages[: -self.tuned](self.normalise(pictures))
        return maps
