"""An ISF shader as GLSL of the desktop, and what its compiler says, as one line.

GLSL 3.30 if it will do, which every OpenGL since 2010 compiles.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from .isf import VERTEX, Shader

VERSIONS = ("#version 330\n#extension GL_ARB_shading_language_420pack : enable\n", "#version 400\n")
"""Tried one after the other: the first has fewer reserved words, the second turns int into uint by itself, as some
shaders expect. The extension, where there is one, lets a function of floats return a whole number."""
TYPES = {"float": "float", "bool": "bool", "event": "bool", "long": "int", "color": "vec4", "point2D": "vec2"}
UNIFORMS = """uniform int PASSINDEX;
uniform vec2 RENDERSIZE;
uniform float TIME;
uniform float TIMEDELTA;
uniform int FRAMEINDEX;
uniform vec4 DATE;
"""
IMAGES = """#define texture2D texture
#define IMG_SIZE(image) vec2(textureSize(image, 0))
#define IMG_PIXEL(image, place) texture(image, (place) / IMG_SIZE(image))
#define IMG_NORM_PIXEL(image, place) texture(image, place)
#define IMG_THIS_PIXEL(image) texture(image, isf_FragNormCoord)
#define IMG_THIS_NORM_PIXEL(image) texture(image, isf_FragNormCoord)
#define IMG_NORM_THIS_PIXEL(image) texture(image, isf_FragNormCoord)
#define vv_FragNormCoord isf_FragNormCoord
"""
PLAIN_VERTEX = "void main() { isf_vertShaderInit(); }\n"
_VERTEX_HEADING = "vertex_shader\n"  # moderngl's, over what the compiler says
DECLARED = 1 << 24
"""The line, beyond those of any file, from which on what the header declares has a line each. (GLSL has numbers for
texts as well, but Mesa leaves them out of most complaints.)"""


def fragment(shader: Shader, version: str) -> str:
    """In one of VERSIONS. Lines are counted as in the file, so that the compiler's words name them rightly."""
    body = re.sub(r"\bgl_FragColor\b|\bgl_FragData\s*\[\s*0\s*\]", "isf_FragColor", shader.body)
    body = re.sub(r"^(\s*)#\s*version\b", r"\1//", body, flags=re.MULTILINE)
    before = "#define varying in\nin vec2 isf_FragNormCoord;\nin vec2 isf_FragCoord;\nout vec4 isf_FragColor;\n"
    return version + before + UNIFORMS + IMAGES + _declared(shader) + f"#line {shader.first_line}\n" + body


def vertex(shader: Shader, version: str) -> str:
    before = "#define varying out\n#define attribute in\nin vec2 position;\nout vec2 isf_FragNormCoord;\n"
    begin = "void isf_vertShaderInit() {\n    gl_Position = vec4(position, 0.0, 1.0);\n"
    place = "    isf_FragNormCoord = position * 0.5 + 0.5;\n    isf_FragCoord = isf_FragNormCoord * RENDERSIZE;\n}\n"
    body = shader.vertex.replace("vv_vertShaderInit", "isf_vertShaderInit") or PLAIN_VERTEX
    return (
        version + before + "out vec2 isf_FragCoord;\n" + UNIFORMS + IMAGES + begin + place + _declared(shader)
        + "#line 1\n" + body
    )  # fmt: skip


def complaint(shader: Shader, said: str) -> str:
    """`mine.fs does not compile: line 12: 'x' undeclared`, of what Mesa ("0:12(3): error: …"), NVIDIA
    ("0(12) : error …") or Apple say, under a heading of moderngl's."""
    file, (line, what) = shader.path or Path(shader.name), _first(said)
    if declared := [name for number, (name, _) in _declarations(shader) if number == line]:
        return f"{file} does not compile: its header's {declared[0]!r}: {what}"
    if shader.vertex and _VERTEX_HEADING in said:
        file = file.with_suffix(VERTEX)
    return f"{file} does not compile: {f'line {line}: ' if line else ''}{what}"


def _first(said: str) -> tuple[int, str]:
    """The first complaint's line, 0 where it has none, and its words."""
    for line in said.splitlines():
        if found := re.search(r"\b\d+[:(](\d+)\)?(?:\(\d+\))?\s*:\s*(?:error\b[^:]*:?\s*)?(.+)", line):
            return int(found[1]), found[2].strip()
        if found := re.match(r"error:\s*(.+)", line):  # of linking
            return 0, found[1]
    return 0, " ".join(said.split())[:200]


def _declared(shader: Shader) -> str:
    return "".join(f"#line {line}\nuniform {kind} {name};\n" for line, (name, kind) in _declarations(shader))


def _declarations(shader: Shader) -> Iterator[tuple[int, tuple[str, str]]]:
    """The line, the name and the type of each thing that the header declares."""
    inputs = [(given.name, TYPES.get(given.kind, "sampler2D")) for given in shader.inputs]
    return enumerate([*inputs, *((target, "sampler2D") for target in shader.targets)], DECLARED)
