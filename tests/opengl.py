"""Tests that draw: skipped, with the reason, where there is no OpenGL. CI has Mesa's."""

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.shaders.opengl import OpenGL, shared


def opengl() -> OpenGL:
    try:
        return shared()
    except BridgeError as error:
        pytest.skip(str(error))
