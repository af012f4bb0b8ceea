"""Checkpoints: named after what decides a training, whole, and read as nothing but tensors and plain values."""

from pathlib import Path

import numpy as np
import pytest
import torch

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.files import draft
from deepsing_bridge.training import checkpointing
from deepsing_bridge.training.checkpointing import checkpoint_path
from tests.core.test_files import needs_dev_full


def test_a_checkpoint_runs_no_code(tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (tmp_path / "ran",)  # type: ignore[return-value]

    torch.save({"net": Hostile()}, tmp_path / "hostile.pt")
    with pytest.raises(BridgeError, match="damaged checkpoint"):
        checkpointing.load(tmp_path / "hostile.pt")
    assert not (tmp_path / "ran").exists()


def test_other_facts_have_another_checkpoint(tmp_path: Path) -> None:
    one, same, other = (checkpoint_path(tmp_path, "audio", {"seed": seed}) for seed in (0, 0, 1))
    assert one == same != other


def test_what_is_slow_to_compute_is_computed_once(tmp_path: Path) -> None:
    made = []

    def make() -> np.ndarray:
        made.append(1)
        return np.arange(3)

    for _ in range(2):
        assert checkpointing.cached(tmp_path / "deep" / "a.npy", make).tolist() == [0, 1, 2]
    assert made == [1]


def test_a_damaged_cache_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(b"half")
    with pytest.raises(BridgeError, match=r"a\.npy: a damaged file; delete it"):
        checkpointing.cached(tmp_path / "a.npy", lambda: np.arange(3))


@needs_dev_full
def test_a_full_disk_is_told_and_the_checkpoint_before_stays(tmp_path: Path) -> None:
    checkpointing.save({"epoch": 1}, tmp_path / "a.pt")
    draft(tmp_path / "a.pt").symlink_to("/dev/full")
    with pytest.raises(
        BridgeError, match=r"a\.pt: no space left on the disk; make room and run the same command again"
    ):
        checkpointing.save({"epoch": 2, "net": torch.zeros(100_000)}, tmp_path / "a.pt")
    assert checkpointing.load(tmp_path / "a.pt") == {"epoch": 1}


@needs_dev_full
def test_a_cache_on_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    draft(tmp_path / "a.npy").symlink_to("/dev/full")
    with pytest.raises(BridgeError, match=r"a\.npy: no space left on the disk"):
        checkpointing.cached(tmp_path / "a.npy", lambda: np.zeros(100_000))
    assert not list(tmp_path.iterdir())
