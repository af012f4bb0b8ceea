"""A context without a window, whatever of OpenGL's libraries is there."""

import sys

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.shaders.opengl import OpenGL
from tests.opengl import opengl
from tests.shaders.sources import shader


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there they are several libraries")
def test_egl_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    from ctypes import util

    from deepsing_bridge.shaders.program import Program

    opengl()
    found = util.find_library
    monkeypatch.setattr(util, "find_library", lambda name: "libnone.so" if name == "GL" else found(name))
    program = Program(shader("void main() { gl_FragColor = vec4(0.5); }"), OpenGL())
    assert (program.draw(8, 4) == 128).all()
    program.close()


def test_where_there_is_none_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(**_: object) -> object:
        raise Exception("libEGL.so not loaded")  # as glcontext says it

    monkeypatch.setattr("deepsing_bridge.shaders.opengl._backends", lambda: [nothing, nothing])
    with pytest.raises(BridgeError, match=r"^OpenGL 3.3 cannot be had \(libEGL.so not loaded\); .*install"):
        OpenGL()
