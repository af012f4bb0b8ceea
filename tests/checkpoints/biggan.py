"""BigGAN-deep in its real size with random weights, and its checkpoint as the published one is."""

from pathlib import Path

import torch
from torch import nn

from deepsing_bridge.generators.biggan import BIGGAN_SIZES, biggan_architecture

NAME = "biggan-deep-128"
FILE = f"{NAME}-pytorch_model.bin"


def random_biggan(name: str = NAME) -> nn.Module:
    """With its spectral norms settled, as they are after a training; else nothing but NaN comes out."""
    torch.manual_seed(0)
    model = biggan_architecture(BIGGAN_SIZES[name]).train()
    nn.init.ones_(model.generator.bn.weight)  # the package leaves these two as the memory happens to be
    nn.init.zeros_(model.generator.bn.bias)
    with torch.no_grad():
        for module in model.modules():
            for settle in 5 * list(module._forward_pre_hooks.values()):
                settle(module, ())
    return model.eval()


def write(folder: Path, model: nn.Module) -> Path:
    """In torch's format before 1.6."""
    torch.save(model.state_dict(), folder / FILE, _use_new_zipfile_serialization=False)
    return folder / FILE
