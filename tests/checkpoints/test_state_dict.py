"""Checkpoint files: what is right is read in both of torch's formats, everything else is refused, and nothing runs."""

import pickle
import zipfile
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from deepsing_bridge.checkpoints.state_dict import read_state, shapes_of
from deepsing_bridge.core.errors import BridgeError
from tests.checkpoints.hostile import Hostile

EXPECTED = {"fc1.weight": (4, 3), "fc1.bias": (4,)}
FORMATS = pytest.mark.parametrize("zipped", [True, False], ids=["zip", "legacy"])


def state() -> dict[str, torch.Tensor]:
    return {"fc1.weight": torch.arange(12.0).view(4, 3), "fc1.bias": torch.ones(4)}


def write(path: Path, what: object, zipped: bool = True) -> Path:
    torch.save(what, path, _use_new_zipfile_serialization=zipped)
    return path


@FORMATS
def test_what_was_saved_is_read_as_float32(zipped: bool, tmp_path: Path) -> None:
    halves = state() | {"fc1.weight": state()["fc1.weight"].half()}
    found = read_state(write(tmp_path / "a.pth", halves, zipped), EXPECTED)
    assert {name: tensor.dtype for name, tensor in found.items()} == dict.fromkeys(EXPECTED, torch.float32)
    assert torch.equal(found["fc1.weight"], state()["fc1.weight"])


@FORMATS
def test_a_modules_own_state_is_read(zipped: bool, tmp_path: Path) -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 1, bias=False), nn.BatchNorm2d(4))
    found = read_state(write(tmp_path / "a.pth", net.state_dict(), zipped), shapes_of(net))
    assert set(found) == {name for name in net.state_dict() if "batches" not in name}


def test_what_lies_under_a_key_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pth", {"model": state(), "epoch": 20})
    assert torch.equal(read_state(path, EXPECTED, under="model")["fc1.bias"], torch.ones(4))
    with pytest.raises(BridgeError, match="expected names and tensors"):
        read_state(path, EXPECTED)


def test_spare_tensors_are_passed_over_and_unknown_ones_are_not(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pth", state() | {"fc9_aux.bias": torch.ones(1), "num_batches_tracked": torch.tensor(3)})
    assert set(read_state(path, EXPECTED, spare=r"fc\d_aux\..*")) == set(EXPECTED)
    with pytest.raises(BridgeError, match=r"a\.pth: unknown tensor 'fc9_aux.bias'; it is of another architecture"):
        read_state(path, EXPECTED)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"fc1.weight": torch.ones(4, 5)}, "fc1.weight is 4×5, expected 4×3; it is of another size"),
        ({"fc1.weight": torch.ones(1).expand(4, 2**40)}, "fc1.weight is 4×1099511627776, expected 4×3"),
        ({"fc1.bias": torch.ones(4, dtype=torch.int64)}, "fc1.bias is torch.int64"),
        ({"fc1.bias": torch.ones(4).to_sparse()}, "fc1.bias is torch.float32 .torch.sparse_coo."),
        ({"fc1.bias": torch.tensor([1, 2, 3, torch.nan])}, "fc1.bias holds values that are not finite"),
        ({"fc1.bias": "text"}, "expected names and tensors"),
        ({7: torch.ones(4)}, "expected names and tensors"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value[:40],
)
def test_tensors_that_do_not_fit_are_named(wrong: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=f"a.pth: {said}"):
        read_state(write(tmp_path / "a.pth", state() | wrong), EXPECTED)


def test_a_missing_tensor_is_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"has no tensor fc1\.bias; it is of another architecture"):
        read_state(write(tmp_path / "a.pth", {"fc1.weight": torch.ones(4, 3)}), EXPECTED)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"none\.pth: no such file"):
        read_state(tmp_path / "none.pth", EXPECTED)


@FORMATS
@pytest.mark.parametrize("place", ["alone", "beside", "below"])
def test_a_hostile_pickle_is_refused_and_does_nothing(place: str, zipped: bool, tmp_path: Path) -> None:
    bomb = Hostile(tmp_path / "made")
    what = {"alone": bomb, "beside": state() | {"fc1.bias": bomb}, "below": {"model": state(), "more": [bomb]}}[place]
    path = write(tmp_path / "a.pth", what, zipped)
    with pytest.raises(BridgeError, match=r"a\.pth: no checkpoint: it is cut off, broken, or holds more than tensors"):
        read_state(path, EXPECTED, under="model" if place == "below" else None)
    assert not bomb.path.exists()
    torch.load(path, weights_only=False)
    assert bomb.path.exists(), "it would have done it"


def test_a_plain_pickle_and_a_whole_module_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pth").write_bytes(pickle.dumps({"fc1.bias": [1.0]}))
    write(tmp_path / "b.pth", nn.Linear(3, 4))
    for name in ("a.pth", "b.pth"):
        with pytest.raises(BridgeError, match=name):
            read_state(tmp_path / name, EXPECTED)


def test_a_compressed_archive_is_refused_unread(tmp_path: Path) -> None:
    """torch stores its files as they are; a few kilobytes could hold gigabytes of zeros."""
    write(tmp_path / "a.pth", {"fc1.weight": torch.zeros(1000, 1000)})
    with zipfile.ZipFile(tmp_path / "a.pth") as plain, zipfile.ZipFile(tmp_path / "b.pth", "w", 8) as packed:
        for part in plain.namelist():
            packed.writestr(part, plain.read(part))
    assert (tmp_path / "b.pth").stat().st_size < 20_000
    with pytest.raises(BridgeError, match=r"b\.pth: no checkpoint"):
        read_state(tmp_path / "b.pth", EXPECTED)


def test_a_file_of_any_size_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.pth").open("wb") as file:
        file.truncate(1 << 30)  # a hole
    with pytest.raises(BridgeError, match="1074 MB, at most 536 MB are read"):
        read_state(tmp_path / "a.pth", EXPECTED)


@FORMATS
def test_a_file_that_is_cut_off_anywhere_is_refused(zipped: bool, tmp_path: Path) -> None:
    whole = write(tmp_path / "a.pth", state(), zipped).read_bytes()
    for length in range(0, len(whole) - 1, 7):
        (tmp_path / "b.pth").write_bytes(whole[:length])
        with pytest.raises(BridgeError, match=r"b\.pth"):
            read_state(tmp_path / "b.pth", EXPECTED)


@FORMATS
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_bytes_that_were_tampered_with_give_tensors_or_a_sentence(
    zipped: bool, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = write(tmp_path_factory.mktemp("fuzz") / "a.pth", state(), zipped)
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    try:
        found = read_state(path, EXPECTED)
    except BridgeError:
        return
    assert {name: tuple(tensor.shape) for name, tensor in found.items()} == EXPECTED
