"""Pickled arrays are read without unpickling: NumPy's own pickles in every protocol, and nothing else."""

import pickle
import struct
import tracemalloc
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


def test_an_array_is_read_as_numpy_wrote_it_in_2019(tmp_path: Path) -> None:
    """As the authors' file has it: NumPy 1.16, Python 3.7, protocol 3."""
    raw = (
        b"\x80\x03cnumpy.core.multiarray\n_reconstruct\nq\x00cnumpy\nndarray\nq\x01K\x00\x85q\x02C\x01bq\x03\x87q\x04Rq\x05"
        b"(K\x01K\x02\x85q\x06cnumpy\ndtype\nq\x07X\x02\x00\x00\x00f4q\x08K\x00K\x01\x87q\tRq\n(K\x03X\x01\x00\x00\x00<q\x0bNNN"
        b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x0cb\x89C\x08" + MEAN.tobytes() + b"q\rtq\x0eb."
    )
    (tmp_path / "a.pickle").write_bytes(2 * raw)
    for array in (*read_arrays(tmp_path / "a.pickle", 2), pickle.loads(raw)):  # noqa: S301  # so it is one
        assert array.tolist() == MEAN.tolist()


@pytest.mark.parametrize("protocol", [4, 5])
def test_the_names_of_numpy_before_2_are_known(protocol: int, tmp_path: Path) -> None:
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
        (lambda raw: raw.replace(b"_reconstruct", b"_reconstrucT"), "multiarray._reconstrucT' is not a plain array"),
        (lambda raw: raw.replace(b"_core.multiarray", b"_core.multiarraY"), "'numpy._core.multiarraY._reconstruct' is"),
        (lambda raw: raw.replace(b"ndarray", b"memmapp"), "is not a plain array"),
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


BOMBS = {
    "a memo of four billion entries": b"\x80\x03Nr\xff\xff\xff\xff.",
    "a byte array of a terabyte": b"\x80\x05\x96" + struct.pack("<Q", 1 << 40) + b"abc.",
    "bytes of four gigabytes": b"\x80\x03B\xff\xff\xff\xffabc.",
    "text of four gigabytes": b"\x80\x03X\xff\xff\xff\xffabc.",
    "a frame of a terabyte": b"\x80\x04\x95" + struct.pack("<Q", 1 << 40) + b"N.",
    "an empty array of a terabyte": b"\x80\x03cnumpy\nndarray\n(J\x00\x00\x00\x40J\x00\x00\x00\x40ttR.",
    "one that is only begun": b"\x80\x03cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n"
    b"J\xff\xff\xff\x7f\x85C\x01b\x87R.",
    "a false frame": b"\x80\x05\x95\x06\x00\x00\x00\x00\x00\x00\x00\x96\x01\x00\x00\x00\x00\x00\x00\x00a"
    + b"r\xff\xff\xff\xff." * 99,
    "tuples within tuples": b"\x80\x03N" + b"\x85" * 60_000 + b".",
    "a tuple that doubles": b"\x80\x03Nq\x00" + b"h\x00h\x00\x86q\x00" * 5_000 + b".",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_what_claims_memory_is_refused_before_it_has_any(bomb: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.pickle").write_bytes(bomb)
    tracemalloc.start()
    try:
        with pytest.raises(BridgeError, match=r"a\.pickle: expected 2 pickled arrays"):
            read_arrays(tmp_path / "a.pickle", 2)
        assert tracemalloc.get_traced_memory()[1] < 30e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "raw",
    [
        b"\x80\x03cnumpy\nndarray\n}(X\x01\x00\x00\x00aK\x01ub.",  # gives what it names an attribute
        b"\x80\x02cbuiltins\nobject\n)\x81.",  # NEWOBJ
        b"(iposix\ngetcwd\n.",  # INST
        b"(cposix\ngetcwd\no.",  # OBJ
        b"P1\n.",  # a persistent id
        b"\x80\x02\x82\x01.",  # an extension
        b"\x80\x05\x97.",  # a buffer from elsewhere
        b"\x80\x03]q\x00h\x00a.",  # a list that holds itself
        b"\x80\x03cnumpy\ndtype\nN\x85RNb.",
        b"\x80\x03cposix\ngetcwd\n)RK\x01b.",
    ],
)
def test_opcodes_that_no_array_needs_are_refused(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.pickle").write_bytes(raw)
    with pytest.raises(BridgeError, match=r"a\.pickle: expected 1 pickled arrays"):
        read_arrays(tmp_path / "a.pickle", 1)


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
