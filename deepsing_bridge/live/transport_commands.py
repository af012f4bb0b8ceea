"""What commands do to the place in the song. Pure."""

from ..core.errors import BridgeError
from ..core.units import told_apart
from .commands import SHORTEST_LOOP_S, Chase, Command, Loop, Pause, Play, Seek, Stop
from .messages import ROOT
from .telemetry import MOMENTS_PER_S
from .transport import Transport


def obeyed(transport: Transport, command: Command, now_s: float) -> tuple[Transport, bool]:
    """`transport` after `command`, and whether the song went to another place. Others than those of time do nothing.

    Raises BridgeError for a loop that has too little of the song in it.
    """
    match command:
        case Play():
            return transport.play(now_s), transport.position(now_s) >= transport.duration_s
        case Pause():
            return transport.pause(now_s), False
        case Stop():
            return transport.stop(now_s), True
        case Seek(time_s):
            return transport.seek(time_s, now_s), True
        case Loop():
            return transport.looping(_loop(transport, command), now_s), False
        case Chase(time_s, clock_s, moving):
            followed = transport.chase(time_s, clock_s, moving, now_s)
            return followed, abs(followed.position(now_s) - transport.position(now_s)) > 1 / MOMENTS_PER_S
    return transport, False


def _loop(transport: Transport, command: Loop) -> tuple[float, float] | None:
    start_s, end_s = command.start_s, transport.duration_s
    end_s = end_s if command.end_s is None else min(command.end_s, end_s)
    if command.on and end_s - start_s < SHORTEST_LOOP_S:
        given, latest = told_apart(start_s, transport.duration_s - SHORTEST_LOOP_S)
        allowed = f"at most {latest} s, {SHORTEST_LOOP_S:g} s before the song's end"
        raise BridgeError(f"{ROOT}/loop start_s: expected {allowed}, got {given} s")
    return (start_s, end_s) if command.on else None
