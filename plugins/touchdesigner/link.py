"""OSC with the bridge, apart from where it comes in: what is said, whether it is heard, and which knob stands where.

Main thread only. Forgets everything when its text is compiled anew; a subscription then brings it all again.
"""

from __future__ import annotations

import math
from time import monotonic
from typing import Any

SILENT_S = 3.0  # the bridge tells its status once a second
ASK_S = 2.0  # between two subscriptions that were not answered
ANSWER_S = 1.0  # a value that is not echoed by then was refused or lost

_heard_s = _asked_s = -math.inf
_known: dict[str, Any] = {}
"""What the panel shows of each parameter, as the bridge said, or was told since."""
_sent: dict[str, tuple[Any, float]] = {}
"""Values that were sent and not echoed yet, and when."""
_following = False


def say(comp: Any, name: str, *values: Any) -> None:
    """Send a command, or a parameter's value, by the vocabulary's name of it."""
    # By default True and False would go out as types that OSC 1.0 does not have.
    comp.op("osc_out").sendOSC(f"/deepsing/{name}", list(values), useNonStandardTypes=False)


def hear() -> None:
    """Something came from the bridge."""
    global _heard_s
    _heard_s = monotonic()


def alive() -> bool:
    return monotonic() - _heard_s < SILENT_S


def keep(comp: Any) -> None:
    """Subscribe where nothing is heard, or not what the knobs are to show, or one stands as the bridge does not.

    All values come anew then. They may have been missed though the rest is heard: what listens may have been late.
    """
    if _forget_overdue() or (not (alive() and _known) and monotonic() - _asked_s > ASK_S):
        subscribe(comp)


def subscribe(comp: Any) -> None:
    global _asked_s
    _asked_s = monotonic()
    say(comp, "subscribe", int(comp.par.Listenport.eval()))


def lose() -> None:
    """Begin anew with the next frame: where the bridge is, or where it is heard, has changed."""
    global _heard_s, _asked_s
    _heard_s = _asked_s = -math.inf
    _known.clear()


def leave(comp: Any) -> None:
    say(comp, "unsubscribe", int(comp.par.Listenport.eval()))


def turned(comp: Any, name: str, value: Any) -> None:
    """A knob moved: tell the bridge, unless it moved because the bridge said so.

    Nor before the bridge has told where it stands, which it does at once when it is found: a component that is made
    beside a running show changes nothing in it.
    """
    if _following or name not in _known or _same(_known[name], value):
        return
    _known[name] = value
    _sent[name] = (value, monotonic())
    say(comp, f"param/{name}", value)


def follow(par: Any, name: str, value: Any) -> None:
    """The bridge says that a parameter has this value: the knob goes there.

    Not while a newer value of its own is on the way there, or a knob that is being dragged would jump back. `turned`
    may be called while it goes, or later in the frame; the knob may also not reach all values that the bridge has. A
    knob that an expression or an export moves stays with that.
    """
    global _following
    if name in _sent:
        if _same(_sent[name][0], value):
            del _sent[name]
        return
    if par.mode.name != "CONSTANT":
        _known[name] = value
        return
    _following = True
    try:
        par.val = round(value, 6) if isinstance(value, float) else value  # 0.1 comes as 0.10000000149
    finally:  # or a value that the knob cannot take would leave all knobs without a voice
        _following = False
    _known[name] = par.eval()


def _forget_overdue() -> bool:
    late = [name for name, (_, sent_s) in _sent.items() if monotonic() - sent_s > ANSWER_S]
    for name in late:
        del _sent[name]
    return bool(late)


def _same(one: Any, other: Any) -> bool:
    """OSC carries floats of 32 bits."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-6)
