"""The bridge's worlds as pixel shaders of GLSL TOPs: ISF files, made from nothing but their text. No TouchDesigner.

What a shader is drawn with comes from the bridge as numbers, the gamma of what it draws, TIME, and then its inputs in
the file's order, and reaches it as the array UNIFORM. What TouchDesigner declares itself is used as
https://docs.derivative.ca/Write_a_GLSL_TOP has it: vUV, uTDOutputInfo, TDOutputSwizzle.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

UNIFORM, LENGTH = "uWorld", 64
LAYERS = (0, 1)  # the scene's, and the next one's while it is mixed in
TYPES = {
    "float": ("float", "{0}"),
    "bool": ("bool", "{0} > 0.5"),
    "event": ("bool", "{0} > 0.5"),
    "long": ("int", "int(floor({0} + 0.5))"),
    "point2D": ("vec2", "vec2({0}, {1})"),
    "color": ("vec4", "vec4({0}, {1}, {2}, {3})"),
}
"""Of each type of input: its type in GLSL, and how it is made of numbers."""

BEFORE = f"""layout(location = 0) out vec4 fragColor;
uniform float {UNIFORM}[{LENGTH}];
vec4 isf_FragColor = vec4(0.0);
#define isf_FragNormCoord (vUV.st)
#define vv_FragNormCoord (vUV.st)
#define RENDERSIZE (uTDOutputInfo.res.zw)
#define PASSINDEX 0
#define TIMEDELTA 0.0166667
#define FRAMEINDEX int(60.0 * TIME)
#define DATE vec4(2000.0, 1.0, 1.0, TIME)
#define noise1 isf_noise1
#define noise2 isf_noise2
#define noise3 isf_noise3
#define noise4 isf_noise4
float TIME = {UNIFORM}[1];
"""
"""Old GLSL's own functions noise1 to noise4, which return nothing, leave their names to the shaders'."""

AFTER = f"""
void main() {{
    isf_main();
    vec3 isf_light = pow(clamp(isf_FragColor.rgb, 0.0, 1.0), vec3({UNIFORM}[0]));
    fragColor = TDOutputSwizzle(vec4(isf_light, isf_FragColor.a));
}}
"""
START = (1.0,)
"""The numbers before the bridge has told any; all others are 0."""


class World(NamedTuple):
    """`label` is what the bridge calls it, `name` what its operators are called; `shader` is in GLSL."""

    label: str
    name: str
    shader: str


def read(folder: str) -> tuple[list[World], list[str]]:
    """The worlds in `folder`, and a sentence for each file that only the bridge can draw."""
    worlds, left = [], []
    for file in sorted(Path(folder).glob("*.fs")):
        try:
            if file.with_suffix(".vs").exists():
                raise ValueError("it has a vertex shader")
            shader = pixel_shader(file.read_text(encoding="utf-8-sig", errors="replace"))
            worlds.append(World(file.stem.replace("_", " "), re.sub(r"\W", "_", file.stem), shader))
        except ValueError as error:
            left.append(f"{file.name} is drawn by the bridge only: {error}")
    return worlds, left


def pixel_shader(text: str) -> str:
    """The ISF shader `text` for a GLSL TOP. Raises ValueError, with the reason, for what one TOP cannot draw."""
    begin, end = text.find("/*"), text.find("*/")
    header = json.loads(text[begin + 2 : end], strict=False) if -1 < begin < end else None
    if not isinstance(header, dict):
        raise ValueError("it does not begin with the JSON of ISF")
    if header.get("PASSES") or header.get("PERSISTENT_BUFFERS") or header.get("IMPORTED"):
        raise ValueError("it is drawn in several passes, or needs other pictures")
    first_line = text.count("\n", 0, end) + 1
    return BEFORE + inputs(header.get("INPUTS") or []) + f"#line {first_line}\n" + body(text[end + 2 :]) + AFTER


def inputs(given: list[dict[str, Any]]) -> str:
    """A line for each input, which takes its numbers after those before it; numbers 0 and 1 are the gamma and TIME."""
    lines, place = [], 2
    for each in given:
        kind, name = str(each.get("TYPE")), str(each.get("NAME"))
        if kind not in TYPES or not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
            raise ValueError(f"its input {name} of type {kind} is none that can be sent")
        glsl, made = TYPES[kind]
        width = made.count("{")
        numbers = [f"{UNIFORM}[{number}]" for number in range(place, place + width)]
        lines.append(f"{glsl} {name} = {made.format(*numbers)};\n")
        place += width
    if place > LENGTH:
        raise ValueError(f"its inputs are {place - 2} numbers, and {LENGTH - 2} can be sent")
    return "".join(lines)


def body(text: str) -> str:
    """Its colour goes to a variable, and its `main` has another name."""
    text = re.sub(r"\bgl_FragColor\b|\bgl_FragData\s*\[\s*0\s*\]", "isf_FragColor", text)
    return re.sub(r"\bvoid\s+main\s*\(\s*(void)?\s*\)", "void isf_main()", text)
