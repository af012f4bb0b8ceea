"""The same by the packages as they come, and by the papers' text: what the project is measured against."""

from typing import Any

import librosa
import numpy as np
import torch
from numpy.typing import NDArray
from pytorch_pretrained_biggan.model import BigGANBatchNorm
from torch import Tensor, nn
from torch.nn import functional as F

from deepsing_bridge.audio.features import HOP_LENGTH, N_MFCC, N_TEMPOGRAM
from deepsing_bridge.generators.biggan import biggan_architecture
from deepsing_bridge.stylization.networks import LEVELS

SMALLEST = 1e-5  # eigenvalue that is kept, as in the published scripts


def librosa_features(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """The paper's features (section 3.1), (frames, 436), by librosa's calls on the whole song."""
    mfcc = librosa.feature.mfcc(y=samples, sr=rate, n_mfcc=N_MFCC, hop_length=HOP_LENGTH)
    tempogram = librosa.feature.tempogram(y=samples, sr=rate, win_length=N_TEMPOGRAM, hop_length=HOP_LENGTH)
    cens = librosa.feature.chroma_cens(y=samples, sr=rate, hop_length=HOP_LENGTH)
    return np.concatenate([mfcc, tempogram, cens]).T


def random_biggan(size: int) -> nn.Module:
    """The package's model with random weights: spectral norms settled, statistics those of what passes through it."""
    torch.manual_seed(0)
    model: Any = biggan_architecture(size).train()
    with torch.no_grad():
        nn.init.ones_(model.generator.bn.weight)  # the package leaves these two as the memory happens to be
        nn.init.zeros_(model.generator.bn.bias)
        for module in model.modules():
            for settle in 5 * list(module._forward_pre_hooks.values()):
                settle(module, ())
        norms = [module for module in model.modules() if isinstance(module, BigGANBatchNorm)]
        hooks = [norm.register_forward_pre_hook(_take_statistics) for norm in norms]
        model.eval()(torch.randn(2, 128), F.one_hot(torch.arange(2), 1000).float(), 0.4)
        for hook in hooks:
            hook.remove()
    return model.requires_grad_(False)


def _take_statistics(norm: BigGANBatchNorm, passing: tuple[Tensor, ...]) -> None:
    norm.running_means[:] = passing[0].mean((0, 2, 3))
    norm.running_vars[:] = passing[0].var((0, 2, 3))


@torch.inference_mode()
def textbook_wct(networks: Any, picture: Tensor, style: Tensor, blend: float) -> Tensor:
    """Li et al. (2017) as they write it: for each frame and level picture and style encoded, both decomposed, whitened,
    coloured, blended and decoded. (1, 3, H, W) in 0..1."""
    for level in reversed(LEVELS):
        own, other = networks.encoder(picture, level), networks.encoder(style, level)
        blended = blend * _whitened_and_coloured(own[0], other[0]) + (1 - blend) * own[0]
        picture = networks.decode(blended[None], level).clamp(0, 1)
    return picture


def _whitened_and_coloured(content: Tensor, style: Tensor) -> Tensor:
    flat, look = content.flatten(1), style.flatten(1)
    flat = flat - flat.mean(1, keepdim=True)
    mean = look.mean(1, keepdim=True)
    look = look - mean
    vectors, values = _decomposed(flat)
    whitened = vectors @ torch.diag(values**-0.5) @ vectors.T @ flat
    vectors, values = _decomposed(look)
    return (vectors @ torch.diag(values**0.5) @ vectors.T @ whitened + mean).view_as(content)


def _decomposed(flat: Tensor) -> tuple[Tensor, Tensor]:
    covariance = flat @ flat.T / (flat.shape[1] - 1)
    _, values, vectors = torch.linalg.svd(covariance)
    kept = values > SMALLEST
    return vectors.T[:, kept], values[kept]
