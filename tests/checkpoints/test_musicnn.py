"""The names and axes of the released weights: the network as its authors wrote it, in plain NumPy, answers as ours."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from deepsing_bridge.attributes.nets.musicnn import BANDS, FILTERS, MusiCNN
from deepsing_bridge.checkpoints.musicnn import read_musicnn
from tests.checkpoints.tensorflowfiles import write_checkpoint

Array = NDArray[np.float32]
FRAMES = 20


def theirs() -> dict[str, Array]:
    """A network of random weights, by TensorFlow's names."""
    rng = np.random.default_rng(0)
    kernels = [(frames, bands, 1, count) for count, frames, bands in FILTERS]
    kernels += [(7, 561, 1, 64), (7, 64, 1, 64), (7, 64, 1, 64)]
    tensors: dict[str, Array] = {}
    for number, kernel in enumerate(kernels):
        name = f"conv2d_{number}" if number else "conv2d"
        tensors[f"{name}/kernel"] = rng.normal(size=kernel) / np.sqrt(np.prod(kernel[:3]))
        tensors[f"{name}/bias"] = rng.normal(size=kernel[3]) / 5
    for name, shape in (("dense", (1506, 200)), ("dense_1", (200, 50))):
        tensors[f"{name}/kernel"], tensors[f"{name}/bias"] = rng.normal(size=shape) / 30, rng.normal(size=shape[1])
    for number, width in enumerate([1, *(kernel[3] for kernel in kernels), 1506, 200]):
        name = f"batch_normalization_{number}" if number else "batch_normalization"
        for what in ("beta", "gamma", "moving_mean"):
            tensors[f"{name}/{what}"] = rng.normal(size=width)
        tensors[f"{name}/moving_variance"] = rng.uniform(0.5, 2, width)
    return {name: tensor.astype(np.float32) for name, tensor in tensors.items()}


def answers(tensors: dict[str, Array], mel: Array) -> Array:
    """What musicnn/models.py of the package computes of (frames, 96), with TensorFlow's layers."""

    def norm(number: int, values: Array) -> Array:
        name = f"batch_normalization_{number}" if number else "batch_normalization"
        scale = tensors[f"{name}/gamma"] / np.sqrt(tensors[f"{name}/moving_variance"] + 1e-3)
        return (values - tensors[f"{name}/moving_mean"]) * scale + tensors[f"{name}/beta"]

    def conv(number: int, values: Array) -> Array:
        """(frames, width), with zeros before and after it → (frames, positions, outputs)."""
        name = f"conv2d_{number}" if number else "conv2d"
        kernel = tensors[f"{name}/kernel"][:, :, 0]
        before = (len(kernel) - 1) // 2
        padded = np.pad(values, ((before, len(kernel) - 1 - before), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[:2])
        return np.maximum(np.einsum("tfab,abo->tfo", windows, kernel) + tensors[f"{name}/bias"], 0)

    ready = norm(0, mel[..., None])[..., 0]
    front = np.concatenate([norm(number + 1, conv(number, ready)).max(axis=1) for number in range(5)], axis=1)
    first = norm(6, conv(5, front)[:, 0])
    second = norm(7, conv(6, first)[:, 0]) + first
    third = norm(8, conv(7, second)[:, 0]) + second
    maps = np.concatenate([front, first, second, third], axis=1)
    pooled = norm(9, np.stack([maps.max(axis=0), maps.mean(axis=0)], axis=1).reshape(-1))
    dense = norm(10, np.maximum(pooled @ tensors["dense/kernel"] + tensors["dense/bias"], 0))
    return dense @ tensors["dense_1/kernel"] + tensors["dense_1/bias"]


def test_the_released_weights_answer_as_their_authors_network(tmp_path: Path) -> None:
    tensors = theirs()
    write_checkpoint(tmp_path, tensors | {"dense/kernel/Adam": tensors["dense/kernel"]})
    mel = np.random.default_rng(1).uniform(0, 4, (FRAMES, BANDS)).astype(np.float32)
    net = MusiCNN()
    net.load_state_dict(read_musicnn(tmp_path))
    with torch.inference_mode():
        found = net.eval().tags(net.embed(net.maps(torch.from_numpy(mel))[None]))[0].numpy()
    expected = answers(tensors, mel)
    assert np.abs(found - expected).max() < 1e-3 * np.abs(expected).max()
