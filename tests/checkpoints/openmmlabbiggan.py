"""BigGAN-deep as OpenMMLab builds it, by the description in their sources: with their names, and their arithmetic."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import spectral_norm

TRUNCATION = 0.4  # whose batch statistics it has


def conv(weight: Tensor, bias: bool = True) -> nn.Module:
    module = nn.Module()
    outputs, inputs, side, _ = weight.shape
    module.conv = spectral_norm(nn.Conv2d(inputs, outputs, side, padding=side // 2, bias=bias), eps=1e-6)
    return module


class ConditionBN(nn.Module):
    def __init__(self, channels: int, condition: int) -> None:
        super().__init__()
        self.gain = spectral_norm(nn.Linear(condition, channels, bias=False))
        self.bias = spectral_norm(nn.Linear(condition, channels, bias=False))
        self.bn = nn.BatchNorm2d(channels, eps=1e-4, affine=False)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        gain, bias = (1 + self.gain(y))[..., None, None], self.bias(y)[..., None, None]
        return self.bn(x) * gain + bias


class ResBlock(nn.Module):
    def __init__(self, package: Any) -> None:
        super().__init__()
        self.out, self.upsample = package.conv_3.out_channels, package.up_sample
        for number in range(4):
            norm, convolution = getattr(package, f"bn_{number}"), getattr(package, f"conv_{number}")
            setattr(self, f"bn{number + 1}", ConditionBN(norm.num_features, norm.scale.in_features))
            setattr(self, f"conv{number + 1}", conv(convolution.weight_orig))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        x0 = self.conv1.conv(F.relu(self.bn1(x, y)))
        x0 = F.relu(self.bn2(x0, y))
        x = x[:, : self.out]
        if self.upsample:
            x0, x = (F.interpolate(each, scale_factor=2) for each in (x0, x))
        x0 = self.conv2.conv(x0)
        x0 = self.conv3.conv(F.relu(self.bn3(x0, y)))
        return x + self.conv4.conv(F.relu(self.bn4(x0, y)))


class SelfAttention(nn.Module):
    def __init__(self, package: Any) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.tensor(0.0))
        self.theta = conv(package.snconv1x1_theta.weight_orig, bias=False)
        self.phi = conv(package.snconv1x1_phi.weight_orig, bias=False)
        self.g = conv(package.snconv1x1_g.weight_orig, bias=False)
        self.o = conv(package.snconv1x1_o_conv.weight_orig, bias=False)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        theta = self.theta.conv(x).flatten(2)
        phi, g = (F.max_pool2d(each.conv(x), 2).flatten(2) for each in (self.phi, self.g))
        beta = F.softmax(theta.transpose(1, 2) @ phi, -1)
        return x + self.gamma * self.o.conv((g @ beta.transpose(1, 2)).view(len(x), -1, *x.shape[2:]))


class OpenMMLabBigGAN(nn.Module):
    """As large as the package's `model`, and with its weights."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        net = model.generator
        self.noise2feat = spectral_norm(nn.Linear(net.gen_z.in_features, net.gen_z.out_features))
        self.shared_embedding = nn.Embedding(*model.embeddings.weight.T.shape)
        attention = [hasattr(layer, "gamma") for layer in net.layers]
        kinds = [SelfAttention if is_one else ResBlock for is_one in attention]
        self.conv_blocks = nn.ModuleList(kind(layer) for kind, layer in zip(kinds, net.layers, strict=True))
        self.output_layer = conv(net.conv_to_rgb.weight_orig[:3])
        self.output_layer.bn = nn.BatchNorm2d(net.bn.num_features, eps=1e-4)
        self.take(model)
        self.eval().requires_grad_(False)

    def forward(self, noise: Tensor, label: Tensor) -> Tensor:
        y = torch.cat([noise, self.shared_embedding(label)], dim=1)
        x = self.noise2feat(y).view(len(y), 4, 4, -1).permute(0, 3, 1, 2)
        for block in self.conv_blocks:
            x = block(x, y)
        return torch.tanh(self.output_layer.conv(F.relu(self.output_layer.bn(x))))

    @torch.no_grad()
    def take(self, model: Any) -> None:
        net = model.generator
        self.shared_embedding.weight.copy_(model.embeddings.weight.T)
        copy(net.gen_z, self.noise2feat)
        for theirs, ours in zip(self.conv_blocks, net.layers, strict=True):
            if isinstance(theirs, SelfAttention):
                theirs.gamma.copy_(ours.gamma[0])
                for name, other in (("theta", "theta"), ("phi", "phi"), ("g", "g"), ("o", "o_conv")):
                    copy(getattr(ours, f"snconv1x1_{other}"), getattr(theirs, name).conv)
                continue
            for number in range(4):
                norm, other = getattr(ours, f"bn_{number}"), getattr(theirs, f"bn{number + 1}")
                copy(norm.scale, other.gain)
                copy(norm.offset, other.bias)
                statistics(norm, other.bn)
                copy(getattr(ours, f"conv_{number}"), getattr(theirs, f"conv{number + 1}").conv)
        self.output_layer.bn.weight.copy_(net.bn.weight)
        self.output_layer.bn.bias.copy_(net.bn.bias)
        statistics(net.bn, self.output_layer.bn)
        last = self.output_layer.conv
        last.bias.copy_(net.conv_to_rgb.bias[:3])
        last.weight_orig.copy_(net.conv_to_rgb.weight[:3])
        first = last.weight_orig[0].flatten()
        last.weight_u.zero_()[0] = 1  # so that its norm is 1, as that of all 128 channels is divided out already
        last.weight_v.copy_(first / first.square().sum())


def copy(ours: Any, theirs: Any) -> None:
    for name in ("weight_orig", "weight_u", "weight_v", "bias"):
        if getattr(ours, name, None) is not None:
            getattr(theirs, name).copy_(getattr(ours, name))


def statistics(ours: Any, theirs: Any) -> None:
    row = round(TRUNCATION / ours.step_size) + 1  # the package takes the row above, for the rounding of 0.4 / 0.02
    theirs.running_mean.copy_(ours.running_means[row])
    theirs.running_var.copy_(ours.running_vars[row])
