from pathlib import Path

import numpy as np
import pytest
import torch

from deepsing_bridge.checkpoints.tensorflow_checkpoint import MOST_INDEX_BYTES, read_checkpoint
from deepsing_bridge.core.errors import BridgeError
from tests.checkpoints.tensorflowfiles import write_checkpoint

RNG = np.random.default_rng(0)
TENSORS = {
    "conv2d/bias": RNG.normal(size=5).astype(np.float32),
    "conv2d/kernel": RNG.normal(size=(3, 2, 1, 5)).astype(np.float32),
    "conv2d_1/bias": RNG.normal(size=200).astype(np.float32),
    "conv2d_1/kernel/Adam": RNG.normal(size=(40, 5)).astype(np.float32),
    "step": np.array(7, np.float32),
}
SHAPES = {name: tensor.shape for name, tensor in TENSORS.items()}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    write_checkpoint(tmp_path, TENSORS)
    return tmp_path / ".index", tmp_path / ".data-00000-of-00001"


def test_tensors_come_back_as_they_were(files: tuple[Path, Path]) -> None:
    found = read_checkpoint(*files, SHAPES)
    assert found.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert found[name].dtype == torch.float32
        assert np.array_equal(found[name].numpy(), tensor), name


def test_only_what_is_wanted_is_read(files: tuple[Path, Path]) -> None:
    assert list(read_checkpoint(*files, {"conv2d/bias": (5,)})) == ["conv2d/bias"]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [({"conv2d/bias": (6,)}, r"conv2d/bias is \[5\] .* expected \[6\]"), ({"dense": (5,)}, "dense")],
)
def test_what_is_not_there_is_told(files: tuple[Path, Path], wanted: dict[str, tuple[int, ...]], told: str) -> None:
    with pytest.raises(BridgeError, match=told):
        read_checkpoint(*files, wanted)


def test_a_missing_file_is_named(files: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"nowhere: cannot be read"):
        read_checkpoint(files[0], tmp_path / "nowhere", SHAPES)


def test_a_file_cut_off_anywhere_is_refused_in_one_sentence(files: tuple[Path, Path], tmp_path: Path) -> None:
    for file in files:
        content = file.read_bytes()
        for length in {0, 1, 40, len(content) // 2, len(content) - 1}:
            file.write_bytes(content[:length])
            with pytest.raises(BridgeError):
                read_checkpoint(*files, SHAPES)
        file.write_bytes(content)


def test_whatever_bytes_an_index_has_it_is_read_or_refused(files: tuple[Path, Path]) -> None:
    content, rng = bytearray(files[0].read_bytes()), np.random.default_rng(1)
    for _ in range(2000):
        broken = bytearray(content)
        for place in rng.integers(len(content) - 8, size=rng.integers(1, 4)):
            broken[place] = rng.integers(256)
        files[0].write_bytes(broken)
        try:
            read_checkpoint(*files, SHAPES)
        except BridgeError:
            continue


def test_an_index_of_endless_size_is_not_read(files: tuple[Path, Path]) -> None:
    with files[0].open("ab") as file:
        file.truncate(MOST_INDEX_BYTES + 1)
    with pytest.raises(BridgeError, match="at most"):
        read_checkpoint(*files, SHAPES)
