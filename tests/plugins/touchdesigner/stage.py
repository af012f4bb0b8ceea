"""The shipped scripts in a process of their own, under the fake TouchDesigner, 60 frames a second.

    python -m tests.plugins.touchdesigner.stage '{"pars": {"Way": "zeromq", "Framesport": 7702}, "forbidden": ["zmq"]}'

Takes commands from stdin, a JSON object a line: {"set": ["Noise", 0.4]}, {"pulse": "Play"}, {"edit": "receiver"},
{"report": true}. Tells on stdout, likewise, each picture that the Script TOP shows, and each new status. Leaves when
stdin ends, and tells what is left then. Knows nothing of the bridge.
"""

from __future__ import annotations

import hashlib
import json
import runpy
import select
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.plugins.touchdesigner.host import Host, NoImports

SCRIPTS = Path(__file__).parents[3] / "plugins" / "touchdesigner"
FRAME_S = 1 / 60
PATIENCE_S = 5.0  # for threads to end


class Stage:
    """The network, and what of it was told already."""

    def __init__(self, pars: dict[str, Any]) -> None:
        self.host = Host()
        sys.modules["td"] = self.host.td
        runpy.run_path(str(SCRIPTS / "build.py"))
        self.comp = self.host.root.op("/project1/deepsing")
        self.top = self.comp.op("frames")
        self.copies, self.status = 0, ""
        for name, value in pars.items():
            setattr(self.comp.par, name, value)

    def frame(self) -> None:
        self.host.frame()
        if self.top._copies > self.copies:
            self.copies = self.top._copies
            tell(**self._picture())
        if self.comp.par.Status.eval() != self.status:
            self.status = self.comp.par.Status.eval()
            tell(status=self.status, threads=threads())

    def obey(self, command: dict[str, Any]) -> None:
        if "set" in command:
            name, value = command["set"]
            getattr(self.comp.par, name).val = value
        elif "pulse" in command:
            getattr(self.comp.par, command["pulse"]).pulse()
        elif "edit" in command:
            self.comp.op(command["edit"]).text += "\n# changed\n"
        elif "report" in command:
            self.status = ""

    def _picture(self) -> dict[str, Any]:
        """What is on the screen, right way up; its sequence number, unless the next one came meanwhile."""
        newest = self.comp.op("receiver").module.newest()
        known = newest is not None and newest.number == self.comp.op("script_top").module._shown
        upright = self.top._shown[::-1]
        return {
            "sequence": newest.sequence if known else None,
            "digest": hashlib.sha1(upright[..., :3].tobytes()).hexdigest(),
            "opaque": bool((upright[..., 3] == 255).all()),
            "size": upright.shape[1::-1],
        }


def main() -> None:
    wish = json.loads(sys.argv[1])
    stage = Stage(wish["pars"])
    sys.meta_path.insert(0, NoImports(stage.host, tuple(wish.get("forbidden", ()))))
    started_s, started_cpu_s = time.monotonic(), time.process_time()
    next_s = started_s
    while (command := waiting()) != "":
        if command:
            stage.obey(json.loads(command))
        stage.frame()
        next_s = max(next_s + FRAME_S, time.monotonic() - FRAME_S)
        time.sleep(max(next_s - time.monotonic(), 0))
    leave(stage, time.monotonic() - started_s, time.process_time() - started_cpu_s)


def waiting() -> str | None:
    """A line of stdin, None if there is none yet, "" when it has ended."""
    return sys.stdin.readline() if select.select([sys.stdin], [], [], 0)[0] else None


def leave(stage: Stage, run_s: float, cpu_s: float) -> None:
    cooks = stage.top._cooks
    stage.host.exit()
    until = time.monotonic() + PATIENCE_S
    while threads() and time.monotonic() < until:
        time.sleep(0.01)
    tell(
        over=True,
        threads=threads(),
        conflicts=stage.host.conflicts,
        frames=stage.host.frames,
        cooks=cooks,
        copies=stage.copies,
        run_s=run_s,
        cpu_s=cpu_s,
        ways=[name for name in ("zmq", "cv2") if sys.modules.get(name)],
    )


def threads() -> list[str]:
    """The scripts' own."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("deepsing")]


def tell(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
