"""Spout, Syphon and virtual cameras: against stand-ins that refuse what the libraries refuse, and against pyvirtualcam
itself, with a device that is none."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from threading import get_ident
from types import ModuleType
from typing import Any, ClassVar

import numpy as np
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.protocols.video import sink
from deepsing_bridge.protocols.video.camera import CameraSink
from deepsing_bridge.protocols.video.sink import Pixels
from deepsing_bridge.protocols.video.spout import SpoutSink
from deepsing_bridge.protocols.video.syphon import SyphonSink

RATE = Fraction(24)


def picture(width: int = 6, height: int = 4) -> Pixels:
    """Red above, blue below."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, :, 0] = pixels[height // 2 :, :, 2] = 255
    return pixels


def on(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on that system, with every package installed."""
    monkeypatch.setattr(sink.sys, "platform", system)
    monkeypatch.setattr(sink, "find_spec", lambda name: object())


def module(name: str, monkeypatch: pytest.MonkeyPatch, **contents: Any) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(contents)
    monkeypatch.setitem(sys.modules, name, made)
    return made


class SpoutSender:
    """As SpoutGL's, of PySpoutGL.cpp and Spout.cpp."""

    made: ClassVar["list[SpoutSender]"] = []
    works = True

    def __init__(self) -> None:
        self.name, self.shown, self.released, self.synced = "python", list[Pixels](), False, list[str]()
        self.thread = get_ident()
        self.made.append(self)

    def setSenderName(self, name: str) -> None:
        assert len(name.encode()) < 256, "strcpy_s would end the process"
        self.name = name

    def sendImage(self, pixels: Any, width: int, height: int, format: int, invert: bool, fbo: int) -> bool:
        seen = memoryview(pixels)
        if seen.nbytes < width * height * {0x1908: 4, 0x1907: 3}[format]:
            raise BufferError("Buffer not large enough")
        if not seen.c_contiguous:
            raise BufferError("Buffer must be contiguous")
        assert get_ident() == self.thread, "OpenGL and Direct3D are this thread's"
        rows = np.array(seen).reshape(height, width, 4)
        self.shown.append(rows[::-1] if invert else rows)
        return self.works

    def setFrameSync(self, name: str) -> None:
        self.synced.append(name)

    def releaseSender(self) -> None:
        self.released = True


@pytest.fixture
def spout(monkeypatch: pytest.MonkeyPatch) -> list[SpoutSender]:
    on("win32", monkeypatch)
    monkeypatch.setattr(SpoutSender, "made", [])
    enums = module("SpoutGL.enums", monkeypatch, GL_RGBA=0x1908, GL_RGB=0x1907)
    module("SpoutGL", monkeypatch, SpoutSender=SpoutSender, enums=enums)
    return SpoutSender.made


def test_spout_shows_pictures_the_right_way_up_and_opaque(spout: list[SpoutSender]) -> None:
    shown = SpoutSink("deepsing")
    shown.open(6, 4, RATE)
    shown.send(picture())
    shown.send(picture()[:, ::-1])  # not contiguous
    shown.close()
    (sender,) = spout
    assert sender.name == "deepsing"
    assert sender.shown[0][0, 0].tolist() == sender.shown[1][0, 0].tolist() == [255, 0, 0, 255]
    assert sender.shown[0][-1, 0].tolist() == [0, 0, 255, 255]
    assert sender.synced == ["deepsing"] * 2
    assert sender.released


def test_spout_that_cannot_says_so(spout: list[SpoutSender], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SpoutSender, "works", False)
    shown = SpoutSink("deepsing")
    shown.open(6, 4, RATE)
    with pytest.raises(OSError, match="could not be shared"):
        shown.send(picture())


class Texture:
    def __init__(self, width: int, height: int) -> None:
        self.width, self.height, self.data = width, height, b""


class Syphon:
    """As syphon-python's server.py and utils, without Metal."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shown, self.pools, self.stopped, self.name = list[tuple[Texture, Pixels]](), 0, False, ""
        self.device = object()
        module("syphon", monkeypatch, SyphonMetalServer=self.server)
        module("syphon.utils", monkeypatch)
        module("syphon.utils.raw", monkeypatch, create_mtl_texture=self.create)
        module("syphon.utils.numpy", monkeypatch, copy_image_to_mtl_texture=self.copy)
        module("objc", monkeypatch, autorelease_pool=self.pool)

    def server(self, name: str) -> "Syphon":
        self.name = name
        return self

    def create(self, device: object, width: int, height: int) -> Texture:
        assert device is self.device
        return Texture(width, height)

    def copy(self, image: Pixels, texture: Texture) -> None:
        assert len(image.shape) == 3, "Image has to be of shape (m, n, 4)"
        assert image.shape[2] == 4, "Image has to be of shape (m, n, 4)"
        assert self.pools, "what Metal makes here would never be freed"
        texture.data = image.tobytes()
        assert len(texture.data) == texture.width * texture.height * 4, "Metal would read on past its end"

    def publish_frame_texture(self, texture: Texture, is_flipped: bool = False) -> None:
        assert not self.stopped
        rows = np.frombuffer(texture.data, np.uint8).reshape(texture.height, texture.width, 4)
        self.shown.append((texture, rows if is_flipped else rows[::-1]))

    def stop(self) -> None:
        self.stopped = True

    @contextmanager
    def pool(self) -> Iterator[None]:
        self.pools += 1
        yield
        self.pools -= 1


def test_syphon_shows_pictures_the_right_way_up_and_opaque_in_two_textures(monkeypatch: pytest.MonkeyPatch) -> None:
    on("darwin", monkeypatch)
    syphon = Syphon(monkeypatch)
    shown = SyphonSink("deepsing")
    shown.open(6, 4, RATE)
    for _ in range(3):
        shown.send(picture())
    shown.close()
    (first, seen), (second, _), (third, _) = syphon.shown
    assert seen[0, 0].tolist() == [255, 0, 0, 255]
    assert seen[-1, 0].tolist() == [0, 0, 255, 255]
    assert first is third
    assert first is not second
    assert syphon.name == "deepsing"
    assert syphon.stopped


class Device:
    """A backend of pyvirtualcam."""

    made: ClassVar["list[Device]"] = []

    def __init__(self, width: int, height: int, fps: float, fourcc: int, device: str | None) -> None:
        if device == "/dev/video9":
            raise ValueError("Device /dev/video9 does not exist.")
        self.opened, self.asked, self.frames, self.closed = (width, height, fps), device, list[Pixels](), False
        self.made.append(self)

    def send(self, frame: Pixels) -> None:
        assert frame.flags.c_contiguous
        assert frame.ndim == 1
        self.frames.append(frame)

    def close(self) -> None:
        self.closed = True

    def device(self) -> str:
        return self.asked or "/dev/video0"

    def native_fourcc(self) -> None:
        return None


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> list[Device]:
    camera = pytest.importorskip("pyvirtualcam", reason="pyvirtualcam is not installed")
    monkeypatch.setattr(Device, "made", [])
    monkeypatch.setattr(camera.camera, "BACKENDS", {"stand-in": Device})
    return Device.made


def test_a_camera_gets_rgb_at_the_rate_that_was_asked_for(devices: list[Device]) -> None:
    shown = CameraSink("first")
    shown.open(6, 4, Fraction(30000, 1001))
    shown.send(picture()[:, ::-1])
    shown.close()
    (device,) = devices
    assert device.asked is None
    assert device.opened == (6, 4, pytest.approx(29.97, abs=0.001))
    assert device.frames[0].reshape(4, 6, 3).tolist() == picture().tolist()
    assert device.closed


def test_a_camera_that_is_not_there_is_told_in_pyvirtualcams_words(devices: list[Device]) -> None:
    shown = CameraSink("/dev/video9")
    with pytest.raises(RuntimeError, match="/dev/video9 does not exist"):
        shown.open(6, 4, RATE)
    shown.close()


@pytest.mark.parametrize(
    ("kind", "system", "sentence"),
    [
        (SpoutSink, "linux", "--spout: SpoutGL works on Windows only; --ndi works everywhere"),
        (SpoutSink, "darwin", "--spout: SpoutGL works on Windows only; --ndi works everywhere"),
        (SyphonSink, "win32", "--syphon: syphon-python works on macOS only; --ndi works everywhere"),
    ],
)
def test_where_a_system_has_none_that_is_said(
    kind: type, system: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(system, monkeypatch)
    with pytest.raises(BridgeError, match=sentence):
        kind("deepsing")


@pytest.mark.parametrize(
    ("kind", "system", "package"),
    [
        (SpoutSink, "win32", "SpoutGL"),
        (SyphonSink, "darwin", "syphon-python"),
        (CameraSink, "linux", "pyvirtualcam"),
    ],
)
def test_who_lacks_a_package_is_told_how_to_get_it(
    kind: type, system: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sink.sys, "platform", system)
    monkeypatch.setattr(sink, "find_spec", lambda name: None)
    with pytest.raises(BridgeError, match=rf"{package} is not installed; pip install .*\[\w+\]"):
        kind("deepsing")
