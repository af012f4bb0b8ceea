"""The window as it is written, and in SuperCollider's language (Debian: supercollider-language) with a bridge."""

import re
from pathlib import Path

import pytest

from deepsing_bridge.layouts import supercollider
from deepsing_bridge.layouts.panel import TRANSPORT, Bridge, by_hand, cue_buttons, readouts, typed
from deepsing_bridge.live.parameters import Parameter
from deepsing_bridge.live.vocabulary import vocabulary
from tests.layouts.program import becomes, program
from tests.process import Bridge as Running

WORDS = vocabulary()
CUES = ("drop", "dark-1")
TEXT = supercollider.layout(WORDS, Bridge(cues=CUES)).decode()


@pytest.mark.parametrize("parameter", WORDS.parameters.values(), ids=lambda parameter: parameter.name)
def test_every_parameter_is_there_with_its_range(parameter: Parameter) -> None:
    (made,) = re.findall(rf"controls\[\\{parameter.name}\] = (.*\n.*)", TEXT)
    assert f'bridge.sendMsg("{parameter.address}"' in made
    assert f'add.("{parameter.address}", {{ |value|' in TEXT
    if made.startswith("EZSlider"):
        low, high = re.findall(r"ControlSpec\((\S+), (\S+),", made)[0]
        assert (float(low), float(high)) == (parameter.field.low, parameter.field.high)
    elif made.startswith("PopUpMenu"):
        assert re.findall(r'"(\w+)"', made.splitlines()[0]) == [*parameter.field.choices]
        assert f'sendMsg("{parameter.address}", menu.item)' in made  # a number would be one of the bridge's own list
    else:
        assert made.startswith({"bool": "CheckBox", "size": "TextField"}[parameter.field.kind])


def test_the_transport_and_what_is_told_are_there() -> None:
    for name in TRANSPORT:
        assert f"\\{name}" in TEXT
    for button in (*by_hand(WORDS), *cue_buttons(Bridge(cues=CUES)), *typed(WORDS)):
        (made,) = re.findall(rf"controls\['{button.name}'\] = (.*)", TEXT)
        assert made.startswith(("Button", "TextField")) and f'bridge.sendMsg("{button.address}"' in made
    for readout in readouts(WORDS):
        assert f"told[\\{readout.name}].string = values[{readout.index}]" in TEXT
        assert f'add.("{readout.message.address}"' in TEXT


PLAY = """
"LAYOUT".load;
{
	var noise = ~deepsing[\\controls][\\noise], told = ~deepsing[\\told], sent;
	while { (noise.value - 0.3).abs > 0.001 } { 0.1.wait };
	("told " ++ told[\\feeling].string ++ " " ++ told[\\transport].string).postln;
	noise.valueAction = 0.6;
	~deepsing[\\controls][\\style].valueAction = 2;
	~deepsing[\\controls][\\freeze].valueAction = true;
	while { ~deepsing[\\controls][\\style].value != 1 } { 0.1.wait };
	"style told".postln;
	OSCdef(\\probe, { |message|
		((message[1] - 0.8).abs < 0.001).if { ("in time " ++ (Main.elapsedTime - sent >= 0.5)).postln };
	}, "/deepsing/param/blend");
	sent = thisThread.seconds;
	NetAddr("127.0.0.1", PORT).sendBundle(0.5, ["/deepsing/param/blend", 0.8]);
	NetAddr("127.0.0.1", PORT).sendBundle(-3600, ["/deepsing/param/grade", 0.75]);
	NetAddr("127.0.0.1", PORT).sendBundle(3600, ["/deepsing/param/react", 0.75]);
}.fork(AppClock);
"""
"""A performer's own code: waits for a value that is told, turns three controls, and has a fourth turned half a second
ahead."""


@pytest.mark.slow
@pytest.mark.program("sclang")
def test_sclang_turns_the_bridge_and_is_turned(running: Running, tmp_path: Path) -> None:
    layout, play = tmp_path / "deepsing.scd", tmp_path / "play.scd"
    layout.write_bytes(supercollider.layout(WORDS, Bridge(port=running.osc)))
    play.write_text(PLAY.replace("LAYOUT", str(layout)).replace("PORT", str(running.osc)))
    screenless = {"QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_DISABLE_SANDBOX": "1", "HOME": str(tmp_path)}
    with program(["sclang", str(play)], **screenless) as sclang:
        sclang.says("told neutral idle", lambda: running.send("/deepsing/param/noise", 0.3))
        becomes(running, "noise", 0.6)
        becomes(running, "style", "calm")
        becomes(running, "freeze", True)
        sclang.says("style told", lambda: running.send("/deepsing/param/style", "threshold"))
        sclang.says("in time true")
        becomes(running, "grade", 0.75)  # an hour ago
        becomes(running, "react", 0.75)  # in an hour: by a wrong clock
    for name in ("noise", "style", "freeze", "blend", "grade", "react"):
        running.send(f"/deepsing/param/{name}", WORDS.parameters[name].default)
