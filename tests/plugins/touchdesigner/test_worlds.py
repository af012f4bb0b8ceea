"""The bridge's worlds as pixel shaders of GLSL TOPs: compiled, drawn as the bridge draws them, and switched by OSC."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.generators.protocol import Instant
from deepsing_bridge.generators.worlds import WORLDS, WorldsGenerator
from deepsing_bridge.live.events import WorldAt
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.osc import codec
from deepsing_bridge.render.grade import graded
from deepsing_bridge.shaders import isf
from deepsing_bridge.weights.files import MODELS
from tests.opengl import opengl
from tests.plugins.touchdesigner.conftest import build, load
from tests.shaders.sources import source

FILES = sorted((MODELS / WORLDS).glob("*.fs"))
worlds = load("worlds")

DECLARED = """
struct TDTexInfo { vec4 res; vec4 depth; };
uniform TDTexInfo uTDOutputInfo;
uniform sampler2D sTDNoiseMap;
uniform sampler1D sTDSineLookup;
uniform int uTDCurrentDepth;
uniform int uTDPass;
in vec3 vUV;
vec4 TDOutputSwizzle(vec4 c) { return c; }
"""
"""What TouchDesigner puts before a pixel shader, as docs.derivative.ca/Write_a_GLSL_TOP has it."""

KINDS = [
    {"NAME": "level", "TYPE": "float", "DEFAULT": 0.25},
    {"NAME": "tint", "TYPE": "color", "DEFAULT": [0.0, 1.0, 0.0, 1.0]},
    {"NAME": "place", "TYPE": "point2D", "DEFAULT": [0.75, 0.0]},
    {"NAME": "mode", "TYPE": "long", "VALUES": [1, 2], "DEFAULT": 2},
    {"NAME": "on", "TYPE": "bool", "DEFAULT": True},
    {"NAME": "hit", "TYPE": "event"},
]
BODY = "void main(void) { gl_FragColor = vec4(level * TIME, tint.g, mode == 2 && on && !hit ? place.x : 0.0, 1.0); }"


def drawn(shader: str, numbers: tuple[float, ...], width: int, height: int) -> np.ndarray:
    """(height, width, 3): what a GLSL TOP would show."""
    gl = opengl()
    vertex = """#version 400
        in vec2 position; out vec3 vUV;
        void main() { vUV = vec3(position * 0.5 + 0.5, 0.0); gl_Position = vec4(position, 0.0, 1.0); }"""

    def draw() -> bytes:
        program = gl.context.program(vertex, f"#version 400\n{DECLARED}{shader}")
        array = np.zeros(worlds.LENGTH, np.float32)
        array[: len(numbers)] = numbers
        if worlds.UNIFORM in program:
            program[worlds.UNIFORM].write(array[: program[worlds.UNIFORM].array_length].tobytes())
        if "uTDOutputInfo.res" in program:
            program["uTDOutputInfo.res"] = (1 / width, 1 / height, width, height)
        corners = gl.context.buffer(np.array([-1, -1, 3, -1, -1, 3], np.float32).tobytes())
        buffer = gl.context.simple_framebuffer((width, height), 3)
        buffer.use()
        gl.context.vertex_array(program, [(corners, "2f", "position")]).render()
        return buffer.read(components=3, alignment=1)

    return np.frombuffer(gl.run(draw), np.uint8).reshape(height, width, 3)[::-1]


@pytest.mark.program("glslangValidator")
def test_every_shipped_world_compiles_behind_what_touchdesigner_declares(tmp_path: Path) -> None:
    found, left = worlds.read(str(MODELS / WORLDS))
    assert [world.label for world in found] == [file.stem.replace("_", " ") for file in FILES] and not left
    for world in found:
        (tmp_path / f"{world.name}.frag").write_text(f"#version 460\n{DECLARED}{world.shader}")
    files = sorted(map(str, tmp_path.glob("*.frag")))
    run = subprocess.run(["glslangValidator", *files], capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_world_is_drawn_as_the_bridge_draws_it(file: Path) -> None:
    opengl()
    generator = WorldsGenerator([isf.read(file)])
    latent, instant = generator.sample_latents(1, 3).numpy()[0], Instant(7.5)
    numbers = generator.numbers(0, latent, instant)
    ours = generator.draw(0, latent, instant, 96, 54)
    for gamma in (1.0, 1.6):
        theirs = drawn(worlds.pixel_shader(file.read_text()), (gamma, *numbers), 96, 54)
        assert np.abs(theirs.astype(int) - graded(ours, np.ones(3), gamma)).mean() < 0.5


def test_every_type_of_input_reaches_the_shader() -> None:
    opengl()
    shader = isf.parse(source(BODY, INPUTS=KINDS), "kinds")
    generator = WorldsGenerator([shader])
    numbers = (2.0, 0.25, 0.0, 1.0, 0.0, 1.0, 0.75, 0.0, 2.0, 1.0, 0.0)
    assert len(generator.numbers(0, generator.sample_latents(1, 0).numpy()[0], Instant())) == len(numbers)
    picture = drawn(worlds.pixel_shader(source(BODY, INPUTS=KINDS)), (1.0, *numbers), 4, 4)
    assert picture[0, 0].tolist() == pytest.approx([128, 255, 191], abs=1)
    assert drawn(worlds.pixel_shader(source(BODY, INPUTS=KINDS)), (1.0, *numbers[:-1], 1.0), 4, 4)[0, 0, 2] == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("void main() {}", "JSON of ISF"),
        (source("void main() {}", PASSES=[{"TARGET": "a"}, {}]), "several passes"),
        (source("void main() {}", INPUTS=[{"NAME": "fft", "TYPE": "audioFFT"}]), "fft of type audioFFT"),
        (source("void main() {}", INPUTS=[{"NAME": "a; b", "TYPE": "float"}]), "none that can be sent"),
        (
            source("void main() {}", INPUTS=[{"NAME": f"c{n}", "TYPE": "color"} for n in range(16)]),
            "64 numbers, and 62",
        ),
    ],
)
def test_what_one_top_cannot_draw_is_left_to_the_bridge(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "odd.fs").write_text(text)
    found, (sentence,) = worlds.read(str(tmp_path))
    assert not found and sentence.startswith("odd.fs is drawn by the bridge only: ") and said in sentence


@pytest.fixture
def comp(either_host, tmp_path):
    """The component with three worlds."""
    for name in ("lake", "misty_forest", "sea"):
        (tmp_path / f"{name}.fs").write_text(source(BODY, INPUTS=KINDS))
    build()
    made = either_host.root.op("/project1/deepsing")
    made.par.Worldsfolder = str(tmp_path)
    build()
    return made


def hear(comp, *events):
    """As it comes over the network."""
    for event in events:
        (message,) = codec.parse(codec.encode(vocabulary(), event).dgram)
        osc = comp.op("osc_in")
        comp.op("osc_callbacks").module.onReceiveOSC(osc, 0, "", b"", 0.0, message.address, list(message.values), None)


def test_each_layer_has_a_top_for_each_world_with_its_shader_and_array(comp):
    for layer in ("0", "1"):
        tops = comp.op(f"layer{layer}").inputs
        assert [top.name for top in tops] == [f"world_{name}_{layer}" for name in ("lake", "misty_forest", "sea")]
        for top in tops:
            assert "isf_main" in top.op(top.par.pixeldat.eval()).text
            assert top.par.array0name.eval() in top.op(top.par.pixeldat.eval()).text
            assert len(top.drawn_with()) == worlds.LENGTH and top.drawn_with()[:2] == [1.0, 0.0]
            assert (top.par.resolutionw.eval(), top.par.resolutionh.eval()) == (1920, 1080)
    assert [each.name for each in comp.op("mixed").inputs] == ["layer0", "layer1"]
    assert [each.name for each in comp.op("picture").inputs] == ["frames", "mixed"]


def test_what_the_bridge_says_of_worlds_is_drawn(comp):
    hear(comp, WorldAt(0, "misty forest", 1.0, 1.5, (2.5, 0.125, 1.0)))
    assert comp.op("layer0").par.index.eval() == 1 and comp.op("mixed").par.index.eval() == 0
    assert comp.op("world_misty_forest_0").drawn_with()[:5] == [1.5, 2.5, 0.125, 1.0, 0.0]
    hear(comp, WorldAt(0, "misty forest", 0.25, 1.5, (3.0,)), WorldAt(1, "sea", 0.75, 1.5, (7.0, 0.5)))
    assert comp.op("mixed").par.index.eval() == pytest.approx(0.75)
    assert comp.op("layer1").par.index.eval() == 2
    assert comp.op("world_sea_1").drawn_with()[:3] == [1.5, 7.0, 0.5]
    assert comp.op("world_misty_forest_0").drawn_with()[1] == 3.0


def test_a_world_that_is_not_here_and_too_many_numbers_do_no_harm(comp):
    hear(comp, WorldAt(0, "sea", 1.0, 1.5, tuple(map(float, range(100)))))
    assert comp.op("world_sea_0").drawn_with() == [1.5, *map(float, range(worlds.LENGTH - 1))]
    hear(comp, WorldAt(0, "volcano", 1.0, 1.5, (1.0,)), WorldAt(1, "volcano", 1.0, 1.5, ()))
    assert comp.op("layer0").par.index.eval() == 2


def test_it_shows_what_is_drawn_here_or_in_the_bridge(comp, either_host):
    assert comp.op("picture").par.index.eval() == 0
    comp.par.Render = "here"
    either_host.frame()
    either_host.frame()
    assert comp.op("picture").par.index.eval() == 1 and comp.par.Status.eval().startswith("drawn here; OSC")
    build()
    assert comp.op("picture").par.index.eval() == 1
    comp.par.Render = "bridge"
    either_host.frame()
    either_host.frame()
    assert comp.op("picture").par.index.eval() == 0 and "drawn here" not in comp.par.Status.eval()


def test_other_worlds_take_the_place_of_those_before(comp, tmp_path):
    (tmp_path / "sea.fs").unlink()
    (tmp_path / "moon.fs").write_text(source(BODY, INPUTS=KINDS))
    build()
    assert [top.name for top in comp.op("layer1").inputs][-1] == "world_moon_1"
    assert comp.op("world_sea") is None and comp.op("world_sea_0") is None
    hear(comp, WorldAt(0, "moon", 1.0, 1.5, ()))
    assert comp.op("layer0").par.index.eval() == 2


def test_without_worlds_or_in_an_old_build_the_bridge_draws(either_host, tmp_path, monkeypatch, capsys):
    monkeypatch.delitem(
        __import__("tests.plugins.touchdesigner.names", fromlist=["PARS"]).PARS["glslTOP"], "array0name"
    )
    build()
    made = either_host.root.op("/project1/deepsing")
    assert made.op("mixed") is None and "takes no array of uniforms" in capsys.readouterr().out
    made.par.Render = "here"
    either_host.frame()
    either_host.frame()
    assert made.op("picture").par.index.eval() == 0
    hear(made, WorldAt(0, "lake", 1.0, 1.5, (1.0,)))
