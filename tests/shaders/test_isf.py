"""ISF files are read as the format says; what cannot be drawn is refused with the reason."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.shaders import isf
from deepsing_bridge.shaders.arithmetic import evaluate
from deepsing_bridge.shaders.isf import Pass
from tests.shaders.sources import shader, source


def test_inputs_have_their_bounds_and_defaults() -> None:
    given = [
        {"NAME": "amount", "TYPE": "float", "MIN": -1, "MAX": 3, "DEFAULT": 9},
        {"NAME": "plain", "TYPE": "float"},
        {"NAME": "tint", "TYPE": "color", "DEFAULT": [0.1, 0.2, 0.3]},
        {"NAME": "place", "TYPE": "point2D", "MIN": [0, 0], "MAX": [10, 20]},
        {"NAME": "mode", "TYPE": "long", "VALUES": [3, 5], "LABELS": ["a", "b"], "DEFAULT": 5},
        {"NAME": "on", "TYPE": "bool", "DEFAULT": 1},
        {"NAME": "sound", "TYPE": "audioFFT"},
    ]
    read = {each.name: each for each in shader(INPUTS=given).inputs}
    assert (read["amount"].default, read["amount"].low, read["amount"].high) == (3.0, (-1.0,), (3.0,))
    assert read["plain"].default == 0.5
    assert read["tint"].default == (0.1, 0.2, 0.3, 1.0)
    assert read["place"].default == (5.0, 10.0)
    assert read["mode"].choices == (3, 5) and read["mode"].default == 5
    assert read["on"].default is True
    assert read["sound"].is_sound


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"INPUTS": [{"NAME": "inputImage", "TYPE": "image"}]}, "picture from outside"),
        ({"IMPORTED": {"grain": {"PATH": "grain.jpg"}}}, "IMPORTED"),
        ({"PASSES": [{"TARGET": "last", "PERSISTENT": True}]}, "PERSISTENT"),
        ({"INPUTS": [{"NAME": "a;b", "TYPE": "float"}]}, "'a;b'; expected letters"),
        ({"INPUTS": [{"NAME": "a", "TYPE": "sampler"}]}, "TYPE 'sampler'"),
        ({"INPUTS": [{"NAME": "a", "TYPE": "float"}] * 2}, "'a' is there twice"),
        ({"INPUTS": [{"NAME": "a", "TYPE": "float"}], "PASSES": [{"TARGET": "a"}, {}]}, "'a' is there twice"),
        ({"INPUTS": [{"NAME": "a", "TYPE": "float", "MIN": "low"}]}, "1 number from"),
        ({"INPUTS": [{"NAME": "a", "TYPE": "float", "MAX": float("inf")}]}, "1 number from"),
        ({"INPUTS": [{"NAME": "a", "TYPE": "color", "MAX": 1e39}]}, "4 numbers from -3.4e+38 to 3.4e+38"),
        ({"INPUTS": [{"NAME": "a", "TYPE": "long", "VALUES": [1, 2**31]}]}, "from -2147483647 to 2147483647"),
        ({"INPUTS": [{"NAME": "a", "TYPE": "long", "MIN": 1e12, "MAX": 1e13}]}, "from -2147483647 to 2147483647"),
        ({"INPUTS": [{"NAME": f"a{n}", "TYPE": "float"} for n in range(200)]}, "at most 128"),
        ({"INPUTS": "a"}, "list of objects"),
        ({"PASSES": [{"TARGET": "small", "WIDTH": "__import__('os')"}, {}]}, "expected arithmetic"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(header: dict[str, object], said: str) -> None:
    with pytest.raises(BridgeError, match=r".+") as refused:
        shader(**header)
    assert said in str(refused.value)


def test_the_bounds_of_choices_may_be_the_wrong_way_round() -> None:
    (mode,) = shader(INPUTS=[{"NAME": "mode", "TYPE": "long", "MIN": 4, "MAX": 2}]).inputs
    assert mode.choices == (2, 3, 4)


def test_json_that_cannot_be_read_is_told_with_the_files_line() -> None:
    with pytest.raises(BridgeError, match=r"cannot be read \(line 5: Expecting"):
        isf.parse('\n\n/*{\n"INPUTS":\n[,]}*/\n', "test")


@pytest.mark.parametrize("text", ["", "void main() {}", "/* no json */", "/*[1]*/", "/*" + "[" * 100_000 + "*/"])
def test_a_file_without_a_header_is_no_shader(text: str) -> None:
    with pytest.raises(BridgeError):
        isf.parse(text, "test")


def test_a_message_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.fs"
    file.write_text("nothing")
    with pytest.raises(BridgeError, match=r"mine\.fs: does not begin with a comment"):
        isf.read(file)
    file.write_bytes(b"/*{}*/" + b" " * isf.LARGEST_FILE)
    with pytest.raises(BridgeError, match="more than 1,048,576 bytes"):
        isf.read(file)


def test_a_vertex_shader_beside_it_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "mine.fs").write_text("\ufeff" + source("void main() {}"), encoding="utf-8")
    (tmp_path / "mine.vs").write_text("void main() { isf_vertShaderInit(); }")
    assert "isf_vertShaderInit" in isf.read(tmp_path / "mine.fs").vertex


def test_a_pass_has_the_size_that_its_arithmetic_says() -> None:
    assert Pass("a", "$WIDTH/4.0", "floor($HEIGHT * $scale)").size(100, 50, {"scale": 0.5}) == (25, 25)
    assert Pass("a", "$WIDTH * 1000", "0 - 1").size(100, 50, {}) == (200, 1)
    assert Pass("a", "$WIDTH / 0", "16").size(100, 50, {}) == (100, 16)


ODD = (
    None,
    True,
    -1,
    10**400,
    float("nan"),
    float("inf"),
    "",
    "low",
    "$WIDTH",
    [],
    [[]],
    [float("nan")],
    [1, 2, 3],
    {},
)
INPUT = st.fixed_dictionaries(
    {
        "NAME": st.sampled_from(("a", "b")),
        "TYPE": st.sampled_from(("float", "long", "color", "point2D", "audio", "bool")),
    },
    optional={key: st.sampled_from(ODD) for key in ("MIN", "MAX", "DEFAULT", "VALUES", "LABELS")},
)
PASS = st.dictionaries(st.sampled_from(("TARGET", "WIDTH", "HEIGHT", "FLOAT", "PERSISTENT")), st.sampled_from(ODD))
HEADER = st.fixed_dictionaries(
    {"INPUTS": st.lists(INPUT, max_size=2) | st.sampled_from(ODD)},
    optional={
        "PASSES": st.lists(PASS, max_size=2) | st.sampled_from(ODD),
        **{key: st.sampled_from(ODD) for key in ("CATEGORIES", "IMPORTED", "PERSISTENT_BUFFERS", "DESCRIPTION")},
    },
)


@settings(deadline=None)
@given(HEADER)
def test_any_header_is_read_or_refused(header: dict[str, object]) -> None:
    with suppress(BridgeError):
        isf.parse(source("void main() {}", **header), "test")


@settings(deadline=None)
@given(st.text(alphabet="$WIDTHa0123456789.+-*/%(), <>=[]'\"_", max_size=60))
def test_nothing_but_arithmetic_is_evaluated(text: str) -> None:
    with suppress(BridgeError):
        assert isinstance(evaluate(text, {"WIDTH": 3.0}), float)


@pytest.mark.parametrize(
    "text", ["floor($WIDTH/$a)", "round($WIDTH/$a)", "ceil(0-1/$a)", "(1/$a)%7", "floor(1/$a-1/$a)", "pow($a,0-1)"]
)
def test_what_has_a_size_has_one_whatever_inputs_are(text: str) -> None:
    for value in (1.0, 0.0, -1.0, 3.4e38, 1e-45):
        assert Pass("b", text).size(100, 50, {"a": value})[0] in range(1, 201)


def test_advice_on_how_code_is_written_is_not_given(recwarn: pytest.WarningsRecorder) -> None:
    with pytest.raises(BridgeError):
        evaluate("1if 1else 2", {})
    assert not recwarn.list
