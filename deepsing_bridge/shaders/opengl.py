"""OpenGL without a window: a context of the machine's graphics card, or of Mesa's software renderer.

A context belongs to one thread, and who draws here comes from several; so it has a thread of its own, and everything
that touches it is run there.
"""

import ctypes
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ctypes.util import find_library
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from ..core.errors import BridgeError

if TYPE_CHECKING:
    import moderngl

NEEDED = 330
SOFTWARE = ("llvmpipe", "softpipe", "swiftshader", "basic render")  # as renderers call themselves
Result = TypeVar("Result")
HINTS = {
    "linux": "install a graphics driver with EGL; Debian's libegl1 and libgl1-mesa-dri draw without a graphics card",
    "win32": "install the graphics card's driver; a remote desktop may offer none",
    "darwin": "a Mac has it unless no one is logged in at its screen",
}


class OpenGL:
    """`context` may be touched within `run` only."""

    def __init__(self) -> None:
        """Raises BridgeError, with what to install, if there is no OpenGL 3.3."""
        self._thread = ThreadPoolExecutor(1, "opengl")
        try:
            self.context, self._finish = self.run(_create)
        except Exception as error:
            hint = HINTS.get(sys.platform, HINTS["linux"])
            raise BridgeError(f"OpenGL 3.3 cannot be had ({error}); {hint}") from error
        self.renderer: str = self.run(lambda: str(self.context.info["GL_RENDERER"]))

    @property
    def in_software(self) -> bool:
        """Whether the processor draws, for want of a graphics card."""
        return any(name in self.renderer.lower() for name in SOFTWARE)

    def finish(self) -> None:
        """Within `run`: wait until all is drawn. moderngl, when it is asked for a picture, would wait with Python's
        lock, and all other threads of the process with it, for as long as a shader takes."""
        self._finish()

    def run(self, work: Callable[[], Result]) -> Result:
        """What `work` returns or raises, done on the context's thread."""
        return self._thread.submit(work).result()


@cache
def shared() -> OpenGL:
    """The process's one context. Raises BridgeError as OpenGL does, anew each time."""
    return OpenGL()


def _create() -> "tuple[moderngl.Context, Callable[[], None]]":
    """A context and its glFinish, by ctypes, which calls it without Python's lock."""
    import moderngl

    failures = []
    for make in _backends():
        try:
            backend = make(mode="standalone", glversion=NEEDED)
            context = moderngl.create_context(NEEDED, standalone=True, context=backend)
            return context, ctypes.CFUNCTYPE(None)(backend.load("glFinish"))
        except Exception as error:  # glcontext raises plain Exception, and what the system's loader raises
            failures.append(str(error))
    raise BridgeError("; ".join(dict.fromkeys(failures)))


def _backends() -> list[Callable[..., Any]]:
    """What may make a context here, in the order in which they are tried."""
    import glcontext

    if not sys.platform.startswith("linux"):
        return [glcontext.default_backend()]
    egl = glcontext.get_backend_by_name("egl")
    # EGL finds OpenGL's functions itself, but glcontext wants to open libGL, which servers do not have
    return [egl, partial(egl, libgl=find_library("EGL")), glcontext.default_backend()]
