"""A window for SuperCollider's language: controls that send, and OSC functions that move them.

All of it lies in `~deepsing`, so that a performer's own code can turn what the window turns.
"""

import json
from math import ceil

from ..live.messages import ROOT
from ..live.parameters import Parameter
from ..live.vocabulary import Vocabulary
from .panel import (
    BLACKOUT,
    SILENCE_MS,
    TRANSPORT,
    Bridge,
    Button,
    Readout,
    by_hand,
    by_message,
    control,
    cue_buttons,
    decimals,
    place,
    readouts,
    title,
    typed,
)

SCRIPT = """\
// The deepsing bridge: every parameter, the transport, and what the bridge tells.
// Evaluate the block (Ctrl or Cmd, and Enter). Your own code reaches all of it:
//   ~deepsing[\\controls][\\noise].valueAction = 0.5;
//   ~deepsing[\\send].(\\play);
//   ~deepsing[\\send].("cue/NAME");
(
var bridge = NetAddr({host}, {port});
var controls = (), told = (), heard = 0;
var window, add;

~deepsing !? {{ ~deepsing[\\close].value }};
window = Window("deepsing", Rect(100, 100, 520, {height}));
window.view.decorator = FlowLayout(window.view.bounds, 10@10, 6@6);

{told}

{transport}

{by_hand}

{parameters}

// What the bridge tells moves the controls, and sends nothing.
add = {{ |address, action|
	OSCdef(("deepsing" ++ address).asSymbol, {{ |message|
		heard = Main.elapsedTime;
		{{ window.isClosed.not.if {{ action.(*message.drop(1)) }} }}.defer;
	}}, address, bridge);
}};
{listeners}

// Subscribe, and again wherever the bridge was silent for a while.
~deepsing = (
	controls: controls,
	told: told,
	window: window,
	send: {{ |name ... values| bridge.sendMsg("{root}/" ++ name, *values) }},
	watch: SkipJack({{
		if (Main.elapsedTime - heard > {silence}) {{ bridge.sendMsg("{root}/subscribe") }};
	}}, {silence} / 3, {{ window.isClosed }}),
	close: {{
		OSCdef.all.keys.select {{ |key| key.asString.beginsWith("deepsing/") }}.do {{ |key| OSCdef(key).free }};
		window.isClosed.not.if {{ window.close }};
	}}
);
window.onClose = {{ bridge.sendMsg("{root}/unsubscribe") }};
window.front;
)
"""


def layout(vocabulary: Vocabulary, bridge: Bridge) -> bytes:
    parameters = vocabulary.parameters.values()
    text = SCRIPT.format(
        host=_string(bridge.host),
        port=bridge.port,
        height=290 + 30 * len(parameters) + 34 * ceil(len(bridge.cues) / 4),
        root=ROOT,
        silence=SILENCE_MS / 1000,
        told=_told(vocabulary),
        transport=_transport(vocabulary),
        by_hand=_by_hand(vocabulary, bridge),
        parameters="\n".join(map(_control, parameters)),
        listeners=_listeners(vocabulary),
    )
    return text.encode()


def _told(vocabulary: Vocabulary) -> str:
    """Lines of text: the song and where it is, what is felt, what went wrong."""
    names = [readout.name for readout in readouts(vocabulary)]
    rows = "[" + ", ".join(f"\\{name}" for name in names) + "]"
    return (
        f"{rows}.do {{ |name|\n"
        "\tStaticText(window, 80@20).string_(name.asString).stringColor_(Color.gray(0.4));\n"
        "\ttold[name] = StaticText(window, 160@20).font_(Font.sansSerif(14, true));\n"
        "};\n"
        "window.view.decorator.nextLine;"
    )


def _transport(vocabulary: Vocabulary) -> str:
    names = "[" + ", ".join(f"\\{name}" for name in TRANSPORT) + "]"
    return (
        f"{names}.do {{ |name|\n"
        "\tcontrols[name] = Button(window, 110@28).states_([[name.asString]]).action_({\n"
        f'\t\tbridge.sendMsg("{ROOT}/" ++ name);\n'
        "\t});\n"
        "};\n"
        'controls[\\loop] = CheckBox(window, 110@28, "loop").action_({ |box|\n'
        f'\tbridge.sendMsg("{ROOT}/loop", box.value.asInteger);\n'
        "});\n"
        "window.view.decorator.nextLine;"
    )


def _by_hand(vocabulary: Vocabulary, bridge: Bridge) -> str:
    buttons = [*by_hand(vocabulary), *cue_buttons(bridge)]
    made = [*map(_button, buttons), _blackout(vocabulary), *map(_entry, typed(vocabulary))]
    return "\n".join([*made, "window.view.decorator.nextLine;"])


def _button(button: Button) -> str:
    made = f"controls['{button.name}'] = Button(window, 110@28).states_([[{_string(button.title)}]])"
    return f"{made}.action_({{ bridge.sendMsg({_string(button.address)}) }});"


def _blackout(vocabulary: Vocabulary) -> str:
    address = _string(vocabulary.parameters["dim"].address)
    made = f"controls[\\{BLACKOUT}] = CheckBox(window, 110@28, {_string(BLACKOUT)})"
    return (
        f"{made}.action_({{ |box|\n\tbridge.sendMsg({address}, 1 - box.value.asInteger);\n}});\n"
        "window.view.decorator.nextLine;"
    )


def _entry(entry: Button) -> str:
    """A field to type a name in, which Enter sends."""
    made = f"controls['{entry.name}'] = TextField(window, 96@24)"
    return (
        f"StaticText(window, 56@24).string_({_string(entry.title)});\n"
        f"{made}.action_({{ |field| bridge.sendMsg({_string(entry.address)}, field.string) }});"
    )


def _control(parameter: Parameter) -> str:
    field, symbol = parameter.field, f"controls[\\{parameter.name}]"
    name, address = _string(title(parameter)), _string(parameter.address)
    label = f"StaticText(window, 110@24).string_({name});\n"
    match control(parameter):
        case "fader":
            step = "1" if field.kind == "int" else "0"
            spec = f"ControlSpec({field.low:g}, {field.high:g}, \\lin, {step}, {parameter.default:g})"
            sent = "slider.value.asInteger" if field.kind == "int" else "slider.value.asFloat"
            return (
                f"{symbol} = EZSlider(window, 496@24, {name}, {spec}, {{ |slider|\n"
                f"\tbridge.sendMsg({address}, {sent});\n"
                f"}}, labelWidth: 110, numberWidth: 60).round_({10 ** -decimals(parameter):g});\n"
            )
        case "menu":
            items = "[" + ", ".join(map(_string, field.choices)) + "]"
            return (
                f"{label}{symbol} = PopUpMenu(window, 380@24).items_({items}).action_({{ |menu|\n"
                f"\tbridge.sendMsg({address}, menu.item);\n"
                f"}});\nwindow.view.decorator.nextLine;\n"
            )
        case "switch":
            return (
                f"{label}{symbol} = CheckBox(window, 380@24).action_({{ |box|\n"
                f"\tbridge.sendMsg({address}, box.value.asInteger);\n"
                f"}});\nwindow.view.decorator.nextLine;\n"
            )
    return (
        f"{label}{symbol} = TextField(window, 380@24).string_({_string(str(parameter.default))}).action_({{ |field|\n"
        f"\tbridge.sendMsg({address}, field.string);\n"
        f"}});\nwindow.view.decorator.nextLine;\n"
    )


_SHOWN = {
    "fader": "{target}.value = value",
    "menu": "{target}.value = {target}.items.indexOfEqual(value.asString)",
    "switch": "{target}.value = value.asBoolean",
    "entry": "{target}.string = value.asString",
}
"""How a control shows a value that it is told; none of them sends it on."""


def _listeners(vocabulary: Vocabulary) -> str:
    lines = []
    for parameter in vocabulary.parameters.values():
        action = _SHOWN[control(parameter)].format(target=f"controls[\\{parameter.name}]")
        if parameter.name == "dim":
            action += f"; controls[\\{BLACKOUT}].value = value == 0"
        lines.append(_listener(parameter.address, f"|value| {action}"))
    for message, shown in by_message(vocabulary):
        actions = [*map(_display, shown)]
        if message.name == "scene":
            colour = f"values[{place(message, 'colour')}].asString"
            actions.append(f"told[\\feeling].stringColor = Color.fromHexString({colour})")
        lines.append(_listener(message.address, f"|... values| {'; '.join(actions)}"))
    lines.append(_listener(vocabulary.events["loop"].address, "|value| controls[\\loop].value = value.asBoolean"))
    lines.append(_listener(vocabulary.events["status"].address, ""))
    return "\n".join(lines)


def _display(readout: Readout) -> str:
    value = f"values[{readout.index}]"
    text = f"{value}.round(0.1).asString" if readout.is_number else f"{value}.asString"
    return f"told[\\{readout.name}].string = {text}"


def _listener(address: str, action: str) -> str:
    return f"add.({_string(address)}, {{ {action} }});"


def _string(text: str) -> str:
    """`text` as the language reads it."""
    return json.dumps(text, ensure_ascii=False)
