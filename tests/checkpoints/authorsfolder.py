"""A folder in exactly the format of the authors' checkpoints, with random weights, written as they were in 2019."""

import pickle
from pathlib import Path

import numpy as np
import torch
from torch import nn

from deepsing_bridge.attributes.nets.audio import AudioRegressor
from deepsing_bridge.attributes.nets.mobilenet import MobileNetV2
from deepsing_bridge.generators.biggan import biggan_classes
from deepsing_bridge.translation.network import Translator

MEAN, SD = np.array([0.25, -0.5], np.float32), np.array([2.0, 4.0], np.float32)  # arousal, valence
NORMS = """\
,Word,V.Mean.Sum,V.SD.Sum,V.Rat.Sum,A.Mean.Sum,A.SD.Sum
1,goldfish,7,1,20,3,1
2,shark,2,1,20,7,1
3,castle,6,1,20,5,1
4,volcano,3,1,20,8,1
"""
ARCHITECTURE = (64, "R", 64, "R", "M", 128, "R", 128, "R", "M", *(256, "R") * 4, "M", *(512, "R") * 4, "M", 512, "R")
"""VGG-19 up to relu5_1: channels of the convolutions, rectifiers and poolings."""


def encoder() -> nn.Sequential:
    """As the file `vgg_normalised_conv5_1.pth` has it: a 1×1 convolution, then padding before every other one."""
    layers, before = [nn.Conv2d(3, 3, 1)], 3
    for step in ARCHITECTURE:
        if isinstance(step, int):
            layers += [nn.ReflectionPad2d(1), nn.Conv2d(before, step, 3)]
            before = step
        else:
            layers.append(nn.ReLU() if step == "R" else nn.MaxPool2d(2, ceil_mode=True))
    return nn.Sequential(*layers)


def decoder(level: int) -> nn.Sequential:
    """As `decoder_relu{level}_1.pth` has it: the encoder's convolutions backwards, the last without a rectifier."""
    steps = {
        1: [],
        2: [(128, 64), "U", (64, 64)],
        3: [(256, 128), "U", (128, 128), (128, 64), "U", (64, 64)],
        4: [(512, 256), "U", *[(256, 256)] * 3, (256, 128), "U", (128, 128), (128, 64), "U", (64, 64)],
    }[level]
    layers: list[nn.Module] = []
    for step in steps:
        if isinstance(step, tuple):
            layers += [nn.ReflectionPad2d(1), nn.Conv2d(*step, 3), nn.ReLU()]
        else:
            layers.append(nn.Upsample(scale_factor=2))
    return nn.Sequential(*layers, nn.ReflectionPad2d(1), nn.Conv2d(64, 3, 3))


def write(folder: Path) -> Path:
    """The whole folder."""
    torch.manual_seed(0)
    (folder / "stylization_model").mkdir(parents=True)
    save(AudioRegressor().state_dict(), folder / "mlp.model")
    (folder / "space_statistics.pickle").write_bytes(pickle.dumps(MEAN, 4) + pickle.dumps(SD, 4))
    save(mobilenet(), folder / "image_sentiment.model")
    for number in range(23):
        save(Translator(1000, 128).state_dict(), folder / f"neural_translator_{number}.model")
    save(encoder().state_dict(), folder / "stylization_model" / "vgg_normalised_conv5_1.pth")
    for level in range(1, 5):
        save(decoder(level).state_dict(), folder / "stylization_model" / f"decoder_relu{level}_1.pth")
    lines = [f"{number}: {f'{label}, Latin name'!r}" for number, label in enumerate(biggan_classes())]
    (folder / "imagenet.txt").write_text("{" + ",\n ".join(lines) + "}")
    clean = {number: label for number, label in enumerate(biggan_classes()) if number != 2}
    (folder / "imagenet_clean.txt").write_text(repr(clean))
    (folder / "words.csv").write_text(NORMS)
    return folder


def save(state: dict[str, torch.Tensor], path: Path) -> None:
    torch.save(state, path, _use_new_zipfile_serialization=False)


def mobilenet() -> dict[str, torch.Tensor]:
    """torchvision's MobileNetV2 with two outputs, its counters of batches included."""
    net = MobileNetV2()
    features = {name.replace("stages.", "features.", 1): tensor for name, tensor in net.state_dict().items()}
    return features | {
        "classifier.1.weight": torch.randn(2, net.width),
        "classifier.1.bias": torch.tensor([0.5, -0.25]),
    }
