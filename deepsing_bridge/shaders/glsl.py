"""An ISF shader as GLSL of the desktop, and what its compiler says, as one line.

GLSL 3.30 if it will do, which every OpenGL since 2010 compiles.
"""

import re

from .isf import Input, Shader

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
        version + before + "out vec2 isf_FragCoord;\n" + UNIFORMS + IMAGES + _declared(shader) + begin + place
        + "#line 1\n" + body
    )  # fmt: skip


def first_complaint(said: str) -> str:
    """`line 12: 'x' undeclared`, of what Mesa ("0:12(3): error: …"), NVIDIA ("0(12) : error …") or Apple say."""
    for line in said.splitlines():
        if found := re.search(r"\b\d+[:(](\d+)\)?(?:\(\d+\))?\s*:\s*(?:error\b[^:]*:?\s*)?(.+)", line):
            return f"line {found[1]}: {found[2].strip()}"
    return " ".join(said.split())[:200]


def _declared(shader: Shader) -> str:
    targets = dict.fromkeys(each.target for each in shader.passes if each.target)
    return "".join(map(_uniform, shader.inputs)) + "".join(f"uniform sampler2D {target};\n" for target in targets)


def _uniform(given: Input) -> str:
    return f"uniform {TYPES.get(given.kind, 'sampler2D')} {given.name};\n"
