"""Shaders are compiled and drawn: inputs, passes, sound, the right way up; faults name the file's line."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.shaders import isf
from deepsing_bridge.shaders.program import Program, Tick
from tests.opengl import left_after, opengl
from tests.shaders.sources import shader, source

BODY = "void main() { gl_FragColor = vec4(0.5); }"
FLOAT = {"NAME": "level", "TYPE": "float", "MIN": 0, "MAX": 0.5, "DEFAULT": 0.25}


def drawn(
    body: str, values: dict[str, object] | None = None, size: tuple[int, int] = (8, 4), **header: object
) -> np.ndarray:
    return Program(shader(body, **header), opengl()).draw(*size, values)  # type: ignore[arg-type]


def test_a_picture_is_the_right_way_up_and_of_the_size_asked_for() -> None:
    picture = drawn("void main() { gl_FragColor = vec4(isf_FragNormCoord, RENDERSIZE.x / 255.0, 1.0); }")
    assert picture.shape == (4, 8, 3) and picture.dtype == np.uint8
    assert picture[0, 0, 1] > picture[-1, 0, 1]  # y goes up
    assert picture[0, -1, 0] > picture[0, 0, 0]
    assert (picture[..., 2] == 8).all()


def test_values_reach_the_shader_within_their_bounds() -> None:
    body = "void main() { gl_FragColor = vec4(vec3(level), 1.0); }"
    assert drawn(body, INPUTS=[FLOAT]).mean() == pytest.approx(64, abs=1)
    assert drawn(body, {"level": 0.5}, INPUTS=[FLOAT]).mean() == pytest.approx(128, abs=1)
    assert drawn(body, {"level": 9.0}, INPUTS=[FLOAT]).mean() == pytest.approx(128, abs=1)


def test_every_kind_of_input_has_its_type() -> None:
    inputs = [
        {"NAME": "tint", "TYPE": "color", "DEFAULT": [0.0, 1.0, 0.0, 1.0]},
        {"NAME": "place", "TYPE": "point2D", "DEFAULT": [1.0, 0.0]},
        {"NAME": "mode", "TYPE": "long", "VALUES": [1, 2], "DEFAULT": 2},
        {"NAME": "on", "TYPE": "bool", "DEFAULT": True},
        {"NAME": "hit", "TYPE": "event"},
    ]
    body = "void main() { gl_FragColor = vec4(place.x, tint.g, mode == 2 && on && !hit ? 1.0 : 0.0, 1.0); }"
    assert (drawn(body, INPUTS=inputs) == 255).all()


def test_time_moves_a_picture() -> None:
    program = Program(shader("void main() { gl_FragColor = vec4(vec3(TIME / 10.0), 1.0); }"), opengl())
    assert program.draw(2, 2, tick=Tick(5.0)).mean() == pytest.approx(128, abs=1)


def test_a_pass_draws_what_the_next_one_reads() -> None:
    body = """void main() {
        if (PASSINDEX == 0) gl_FragColor = vec4(RENDERSIZE.x / 255.0, 0.0, 0.0, 1.0);
        else gl_FragColor = IMG_NORM_PIXEL(small, isf_FragNormCoord) + vec4(0.0, IMG_SIZE(small).x / 255.0, 0.0, 0.0);
    }"""
    picture = drawn(body, size=(16, 8), PASSES=[{"TARGET": "small", "WIDTH": "$WIDTH/2", "FLOAT": True}, {}])
    assert (picture[..., 0] == 8).all() and (picture[..., 1] == 8).all()


def test_sound_is_read_as_a_row_of_levels() -> None:
    body = "void main() { gl_FragColor = IMG_NORM_PIXEL(fft, vec2(isf_FragNormCoord.x, 0.5)); }"
    program = Program(shader(body, INPUTS=[{"NAME": "fft", "TYPE": "audioFFT"}]), opengl())
    levels = np.linspace(0, 1, 64, dtype=np.float32)
    loud, silent = program.draw(64, 2, sounds={"fft": levels}), program.draw(64, 2)
    assert np.abs(loud[0, :, 0] - levels * 255).max() <= 2
    assert (loud[..., 0] == loud[..., 1]).all() and (loud[..., 0] == loud[..., 2]).all()
    assert (silent[..., 0] == 0).all()


def test_a_waveform_that_is_silent_lies_at_a_half() -> None:
    body = "void main() { gl_FragColor = IMG_NORM_PIXEL(wave, vec2(isf_FragNormCoord.x, 0.5)); }"
    silent = drawn(body, INPUTS=[{"NAME": "wave", "TYPE": "audio"}])
    assert np.abs(silent.astype(int) - 128).max() <= 1


def test_a_shader_gets_as_many_levels_as_it_asks_for() -> None:
    body = "void main() { gl_FragColor = vec4(IMG_SIZE(fft).x / 255.0, IMG_PIXEL(fft, vec2(3.5, 0.5)).r, 0.0, 1.0); }"
    program = Program(shader(body, INPUTS=[{"NAME": "fft", "TYPE": "audioFFT", "MAX": 4}]), opengl())
    picture = program.draw(2, 2, sounds={"fft": np.linspace(0, 1, 128, dtype=np.float32)})
    assert (picture[..., 0] == 4).all() and (picture[..., 1] == 255).all()


def test_a_shader_that_does_not_compile_is_told_with_its_line() -> None:
    with pytest.raises(BridgeError, match=r"test does not compile: line \d+: .*nothing_like_it"):
        Program(shader("\n\nvoid main() { gl_FragColor = vec4(nothing_like_it); }"), opengl())


@pytest.mark.parametrize("name", ["float", "TIME", "gl_own"])
def test_a_name_that_glsl_has_for_itself_is_told_by_that_name(name: str) -> None:
    with pytest.raises(BridgeError, match=f"^test does not compile: its header's '{name}': "):
        Program(shader(INPUTS=[{"NAME": name, "TYPE": "float"}]), opengl())
    with pytest.raises(BridgeError, match=f"^test does not compile: its header's '{name}': "):
        Program(shader(PASSES=[{"TARGET": name}, {}]), opengl())


def test_a_fault_of_the_vertex_shader_is_told_with_its_file() -> None:
    lines = "void main() {\n    isf_vertShaderInit();\n    float x = nothing_like_it;\n}"
    with pytest.raises(BridgeError, match=r"^mine\.vs does not compile: line 3: .*nothing_like_it"):
        Program(isf.parse(source(BODY), "mine", lines, Path("mine.fs")), opengl())


@pytest.mark.parametrize(("body", "said"), [("", "lacks"), ("#line 16777216\nvoid main() { x; }", "line 16777216")])
def test_faults_without_a_line_or_with_one_beyond_the_file_are_told(body: str, said: str) -> None:
    with pytest.raises(BridgeError, match=f"^test does not compile: .*{said}"):
        Program(shader(body), opengl())


def test_any_name_that_glsl_takes_is_one() -> None:
    for name in ("self", "values", "uniforms"):
        body = f"void main() {{ gl_FragColor = vec4({name}); }}"
        assert drawn(body, INPUTS=[{"NAME": name, "TYPE": "float", "DEFAULT": 1}]).mean() == 255


OWN = "gl_FragColor = IMG_NORM_PIXEL(b, vec2(0.5)) + vec4(TIME / 10.0);"
SHOWN = "gl_FragColor = IMG_NORM_PIXEL(b, vec2(0.5));"


@pytest.mark.parametrize(
    ("body", "mean"),
    [
        (f"void main() {{ if (PASSINDEX < 2) {{ {OWN} }} else {{ {SHOWN} }} }}", 153),
        ("void main() { if (isf_FragNormCoord.x < 0.5 && TIME > 2.0) discard; gl_FragColor = vec4(1.0); }", 127.5),
    ],
)
def test_what_was_drawn_before_is_nowhere_to_be_seen(body: str, mean: float) -> None:
    """Frames are drawn in any order, so each hangs on nothing but what is asked of it."""
    program = Program(shader(body, PASSES=[{"TARGET": "b"}, {"TARGET": "b"}, {}]), opengl())
    for time_s in (3.0, 1.0, 3.0):
        picture = program.draw(4, 4, tick=Tick(time_s))
    assert picture.mean() == pytest.approx(mean)


def test_a_sampler_that_the_header_does_not_have_is_black() -> None:
    other = Program(shader(PASSES=[{"TARGET": "b"}, {}]), opengl())
    other.draw(4, 4)
    assert drawn("uniform sampler2D b; void main() { gl_FragColor = IMG_NORM_PIXEL(b, vec2(0.5)); }").max() == 0


def test_looser_dialects_compile_too() -> None:
    whole = "float half_of(int n) { return n / 2; }\nvoid main() { gl_FragColor = vec4(half_of(2)); }"
    assert (drawn(whole) == 255).all()
    unsigned = "void main() { uint n = uint(RENDERSIZE.x); if (n > 3) { n = 1; } gl_FragColor = vec4(float(n)); }"
    assert (drawn(unsigned) == 255).all()
    named = "void main() { float sample = 1.0; gl_FragColor = vec4(sample); }"
    assert (drawn(named) == 255).all()


def test_the_line_is_the_files() -> None:
    lines = "/*{\n}*/\nvoid main() {\n    gl_FragColor = vec4(x);\n}\n"
    with pytest.raises(BridgeError, match="line 4: "):
        Program(isf.parse(lines, "test"), opengl())


def test_any_thread_may_draw() -> None:
    program = Program(shader(), opengl())
    pictures: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: pictures.append(program.draw(64, 64))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pictures) == 4 and all((picture == 128).all() for picture in pictures)


def test_while_a_picture_is_drawn_other_threads_go_on() -> None:
    body = """void main() {
        float x = isf_FragNormCoord.x;
        for (int i = 0; i < 4000; i++) x = fract(sin(x + float(i)) * 43758.5);
        gl_FragColor = vec4(x);
    }"""
    program, pauses, drawn = Program(shader(body), opengl()), [0.0], threading.Event()

    def live() -> None:
        last_s = time.perf_counter()
        while not drawn.wait(0.001):
            now_s = time.perf_counter()
            pauses.append(now_s - last_s)
            last_s = now_s

    other = threading.Thread(target=live)
    other.start()
    began_s = time.perf_counter()
    program.draw(256, 256)
    took_s = time.perf_counter() - began_s
    drawn.set()
    other.join()
    if took_s < 0.2:
        pytest.skip("it is drawn too fast here to see that")
    assert max(pauses) < took_s / 2


def test_when_it_is_closed_nothing_of_it_stays() -> None:
    def work() -> None:
        inputs, passes = [{"NAME": "heard", "TYPE": "audio"}], [{"TARGET": "small", "WIDTH": "2", "HEIGHT": "2"}, {}]
        program = Program(shader(INPUTS=inputs, PASSES=passes), opengl())
        program.draw(8, 4)
        program.draw(4, 4, sounds={"heard": np.ones(16, np.float32)})
        program.close()

    assert left_after(work) == []


def test_another_size_is_drawn_at_once() -> None:
    program = Program(shader(), opengl())
    assert [program.draw(w, h).shape for w, h in ((8, 4), (6, 6), (1, 1), (8, 4))] == [
        (4, 8, 3), (6, 6, 3), (1, 1, 3), (4, 8, 3),
    ]  # fmt: skip
