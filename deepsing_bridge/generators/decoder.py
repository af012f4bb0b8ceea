"""The photo generator's decoder: from the code of a picture to the picture."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CODE_DIM = 512
BASE_SIZE = 64  # pixels of the linear first guess
SIZE = 256  # pixels of the finished picture
GROUPS = 8


class ModulatedBlock(nn.Module):
    """(n, c, h, w), code (n, 512) → (n, c, h, w): a residual block whose group norms are modulated by the code."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, channels, affine=False)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm2 = nn.GroupNorm(GROUPS, channels, affine=False)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.modulation = nn.Linear(CODE_DIM, 4 * channels)
        nn.init.normal_(self.modulation.weight, std=0.02)
        nn.init.zeros_(self.modulation.bias)
        nn.init.zeros_(self.conv2.weight)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        scale1, shift1, scale2, shift2 = self.modulation(code)[:, :, None, None].chunk(4, dim=1)
        y = self.conv1(F.silu(self.norm1(x) * (1 + scale1) + shift1))
        y = self.conv2(F.silu(self.norm2(y) * (1 + scale2) + shift2))
        return x + y


class Decoder(nn.Module):
    """Codes (n, 512), about unit variance → pictures (n, 3, 256, 256), RGB around 0..1.

    A linear map gives a first guess at 64×64 (its initial weights are the photos' principal components); convolutions
    from 8×8 upwards, modulated by the code, add what it lacks. Bilinear up-sampling: nearest-neighbour leaves a
    fine grid in the pictures.
    """

    WIDTHS = (64, 96, 96, 64, 32)  # at 8, 16, 32, 64, 128 pixels; the last step to 256 is a pixel shuffle

    def __init__(self) -> None:
        super().__init__()
        self.base = nn.Linear(CODE_DIM, 3 * BASE_SIZE**2)
        self.seed = nn.Linear(CODE_DIM, self.WIDTHS[0] * 8 * 8)
        self.blocks = nn.ModuleList(ModulatedBlock(width) for width in self.WIDTHS)
        pairs = zip(self.WIDTHS[:-1], self.WIDTHS[1:], strict=True)
        self.narrow = nn.ModuleList(nn.Conv2d(before, after, 1) for before, after in pairs)
        self.look = nn.ModuleList(nn.Conv2d(3, width, 3, padding=1) for width in self.WIDTHS[3:])
        self.norm = nn.GroupNorm(GROUPS, self.WIDTHS[-1])
        self.paint = nn.Conv2d(self.WIDTHS[-1], 12, 3, padding=1)
        for parameter in self.paint.parameters():
            nn.init.zeros_(parameter)  # the first guess alone, at first

    def forward(self, code: Tensor) -> Tensor:
        base = self.base(code).view(-1, 3, BASE_SIZE, BASE_SIZE)
        x = self.seed(code).view(-1, self.WIDTHS[0], 8, 8).contiguous(memory_format=torch.channels_last)
        for level, block in enumerate(self.blocks):
            if level:
                x = _double(self.narrow[level - 1](x))
            if level >= 3:  # from 64×64 on, the first guess can be seen
                x = x + self.look[level - 3](_resize(base, x.shape[-1]))
            x = block(x, code)
        detail = F.pixel_shuffle(self.paint(F.silu(self.norm(x))), 2)
        return _resize(base, SIZE) + detail + 0.5


def _double(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def _resize(x: Tensor, size: int) -> Tensor:
    return x if x.shape[-1] == size else F.interpolate(x, size=(size, size), mode="bicubic", align_corners=False)
