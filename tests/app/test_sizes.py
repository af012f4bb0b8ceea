"""Stories are as large as the machine can draw while somebody waits."""

from types import SimpleNamespace

import pytest

from deepsing_bridge.app import sizes
from deepsing_bridge.app.sizes import SHAPES, Shape, default_size, larger_size
from deepsing_bridge.core.units import parse_size
from deepsing_bridge.generators import load
from deepsing_bridge.shaders.opengl import OpenGL


def drawing_with(renderer: str) -> OpenGL:
    made = OpenGL.__new__(OpenGL)
    made.renderer = renderer
    return made


@pytest.mark.parametrize(
    ("renderer", "size"),
    [("llvmpipe (LLVM 15.0.6, 256 bits)", (704, 396)), ("NVIDIA GeForce RTX 4070/PCIe/SSE2", (1920, 1080))],
)
def test_worlds_are_as_large_as_is_drawn_in_time(
    renderer: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "shared", lambda: drawing_with(renderer))
    assert default_size("worlds", None) == default_size("worlds", "16:9") == size
    assert default_size("worlds", "9:16") == size[::-1]


def test_photos_are_squares_if_nobody_says_otherwise() -> None:
    assert default_size("embedded", None) == (512, 512)
    assert default_size("embedded", "9:16") == (512, 912)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_size_has_its_shape_and_can_be_encoded(shape: Shape) -> None:
    across, down = map(int, shape.split(":"))
    for table in (sizes.ON_A_CARD, sizes.IN_SOFTWARE, sizes.OF_PICTURES):
        width, height = table[shape]
        assert parse_size(f"{width}x{height}") == (width, height)
        assert width / height == pytest.approx(across / down, rel=0.01)


def test_more_pixels_are_offered_where_there_are_more_to_be_had() -> None:
    assert larger_size("worlds", (704, 396)) == (1920, 1080)
    assert larger_size("worlds", (1920, 1080)) is None
    assert larger_size("embedded", (512, 512)) is None


def test_worlds_are_the_default_where_there_is_opengl(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(load, "shared", lambda: SimpleNamespace())
    assert load.default_generator() == "worlds"
    monkeypatch.setattr(load, "shared", no_opengl)
    assert load.default_generator() == "embedded"
    assert "install Mesa" in caplog.text


def no_opengl() -> OpenGL:
    raise load.BridgeError("there is no OpenGL; install Mesa")
