"""Pickled arrays are read without unpickling: NumPy's own pickles in every protocol, and nothing else."""

import pickle
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepsing_bridge.checkpoints.pickled_arrays import read_arrays
from deepsing_bridge.core.errors import BridgeError
from tests.checkpoints.hostile import Hostile, HostileState

MEAN, SD = np.array([0.125, -2.5], np.float32), np.array([1.5, 0.75], np.float32)


def write(path: Path, *values: object, protocol: int = 4) -> Path:
    """One pickle after the other, as two calls of pickle.dump write them."""
    path.write_bytes(b"".join(pickle.dumps(value, protocol) for value in values))
    return path


@pytest.mark.parametrize("protocol", [3, 4, 5])
@pytest.mark.parametrize("kind", ["<f4", ">f4", "<f8"])
def test_numpys_own_pickles_are_read(protocol: int, kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.pickle", MEAN.astype(kind), SD.astype(kind), protocol=protocol)
    mean, sd = read_arrays(path, 2)
    assert mean.tolist() == MEAN.tolist() and sd.tolist() == SD.tolist()


@pytest.mark.parametrize("protocol", [4, 5])
def test_the_names_of_numpy_before_2_are_known(protocol: int, tmp_path: Path) -> None:
    """The authors' file is of 2019."""
    path = write(tmp_path / "a.pickle", MEAN, SD, protocol=protocol)
    raw = path.read_bytes()
    for old, new in (
        (b"numpy.core.multiarray", b"numpy._core.multiarray"),
        (b"numpy.core.numeric", b"numpy._core.numeric"),
    ):
        raw = raw.replace(bytes([len(new)]) + new, bytes([len(old)]) + old)
    assert b"numpy.core" in raw and b"_core" not in raw
    path.write_bytes(raw)
    assert read_arrays(path, 2)[0].tolist() == MEAN.tolist()


@pytest.mark.parametrize("hostile", [Hostile, HostileState])
@pytest.mark.parametrize("protocol", range(6))
def test_a_hostile_pickle_does_nothing(protocol: int, hostile: type[Hostile], tmp_path: Path) -> None:
    bomb = hostile(tmp_path / "made")
    path = write(tmp_path / "a.pickle", MEAN, bomb, protocol=protocol)
    with pytest.raises(BridgeError, match=r"a\.pickle: expected 2 pickled arrays of numbers and nothing else"):
        read_arrays(path, 2)
    assert not bomb.path.exists()
    with path.open("rb") as file, suppress(AttributeError):  # of the None that mkdir gives, when it is to get a state
        pickle.load(file)  # noqa: S301  # to see that it is hostile
        pickle.load(file)  # noqa: S301
    assert bomb.path.exists(), "it would have done it"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw[:-1], "pickle exhausted"),
        (lambda raw: raw[: len(raw) // 2], ""),
        (lambda raw: raw + b".", "something comes after the last array"),
        (lambda raw: raw + pickle.dumps(MEAN), "something comes after the last array"),
        (lambda raw: raw.replace(b"_reconstruct", b"_reconstrucT"), "a value in it is not an array"),
        (lambda raw: raw.replace(b"_core.multiarray", b"_core.multiarraY"), "it names 'numpy._core.multiarraY'"),
        (lambda raw: raw.replace(b"ndarray", b"memmapp"), "a value in it is not an array"),
        (lambda raw: raw.replace(b"\x02f4", b"\x02O8"), "not of float32 or float64"),
        (lambda raw: raw.replace(b"K\x02\x85", b"K\x03\x85"), "more or fewer values than its shape says"),
        (lambda raw: b"", "pickle exhausted"),
    ],
)
def test_what_is_not_two_arrays_is_refused(change: Callable[[bytes], bytes], said: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.pickle", MEAN, SD)
    changed = change(path.read_bytes())
    assert changed != path.read_bytes()
    path.write_bytes(changed)
    with pytest.raises(BridgeError, match=f"a.pickle: expected 2 pickled arrays.*{said}"):
        read_arrays(path, 2)


@pytest.mark.parametrize(
    "value", [1.5, [1.0, 2.0], {"mean": 1}, MEAN.astype(int), np.array(["a"]), np.array([None]), MEAN[0], np.float64(1)]
)
def test_other_values_are_refused(value: object, tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"a\.pickle: expected 2 pickled arrays"):
        read_arrays(write(tmp_path / "a.pickle", value, SD), 2)


def test_a_large_or_missing_file_is_refused_unread(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="bytes; expected 2 short arrays"):
        read_arrays(write(tmp_path / "a.pickle", np.zeros(20_000), SD), 2)
    with pytest.raises(BridgeError, match=r"b\.pickle: no such file"):
        read_arrays(tmp_path / "b.pickle", 2)


@settings(max_examples=500, deadline=None)
@given(data=st.data(), protocol=st.sampled_from([3, 4, 5]))
def test_bytes_that_were_tampered_with_give_arrays_or_a_sentence(
    data: st.DataObject, protocol: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = write(tmp_path_factory.mktemp("fuzz") / "a.pickle", MEAN, SD, protocol=protocol)
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    try:
        arrays = read_arrays(path, 2)
    except BridgeError:
        return
    assert [array.dtype for array in arrays] == [np.float64] * 2
