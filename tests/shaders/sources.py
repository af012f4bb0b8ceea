"""Small ISF shaders, as text."""

import json

from deepsing_bridge.shaders import isf
from deepsing_bridge.shaders.isf import Shader


def source(body: str, **header: object) -> str:
    return f"/*{json.dumps({'ISFVSN': '2', **header}, indent=1)}*/\n{body}"


def shader(body: str = "void main() { gl_FragColor = vec4(0.5); }", **header: object) -> Shader:
    return isf.parse(source(body, **header), "test")
