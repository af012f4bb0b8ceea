"""A TouchDesigner that has what `names` lists and nothing else, and forgives nothing.

Operators belong to the thread that made the host: to read or write one from another raises, and is noted in
`Host.conflicts`, for whoever did it may swallow the exception. A frame comes when `Host.frame` is called. Knows nothing
of the bridge; runs on Python 3.9, as TouchDesigner's own does.
"""

from __future__ import annotations

import enum
import threading
import types
from collections.abc import Iterator
from typing import Any

from tests.plugins.touchdesigner.operators import COMP, DAT, KINDS, Op, OscDAT
from tests.plugins.touchdesigner.parameters import Par, tdError


class PaneType(enum.Enum):
    NETWORKEDITOR = 0
    TEXTPORT = 1


class Host:
    """One process. `late`: parameter callbacks come at the end of the frame, as documented; else at once."""

    def __init__(self, late: bool = True) -> None:
        self.thread = threading.get_ident()
        self.late, self.frames = late, 0
        self.conflicts: list[str] = []
        self.pulsed: list[Par] = []
        self._changed: dict[Par, Any] = {}
        self.td = types.ModuleType("td")
        self.root = COMP(self, None, "")
        vars(self.td).update(KINDS, root=self.root, op=self.root.op, PaneType=PaneType, tdError=tdError)
        project = self.root.create(KINDS["containerCOMP"], "project1")
        self.pane = types.SimpleNamespace(type=PaneType.NETWORKEDITOR, owner=project)
        textport = types.SimpleNamespace(type=PaneType.TEXTPORT, owner=self.root)
        self.td.ui = types.SimpleNamespace(panes=[textport, self.pane])

    def check(self, what: str) -> None:
        if threading.get_ident() != self.thread:
            self.conflicts.append(f"{what}, from {threading.current_thread().name}")
            raise tdError(f"thread conflict: {what}")

    def operators(self) -> Iterator[Op]:
        pending = list(self.root.children)
        while pending:
            found = pending.pop()
            yield found
            pending += found.children if isinstance(found, COMP) else []

    def frame(self) -> None:
        """OSC that came, then what runs at the start of a frame, then parameters that changed in it."""
        self.frames += 1
        for found in list(self.operators()):
            if isinstance(found, OscDAT):
                found.receive()
        for found in self._executes("framestart"):
            found.module.onFrameStart(self.frames)
        self._tell_changes()

    def exit(self) -> None:
        for found in self._executes("exit"):
            found.module.onExit()
        self.root.destroy()

    def changed(self, par: Par, before: Any) -> None:
        self._changed.setdefault(par, before)
        if not self.late:
            self._tell_changes()

    def pulse(self, par: Par) -> None:
        self.pulsed.append(par)
        for found in self._watching(par, "onpulse"):
            found.module.onPulse(par)

    def _tell_changes(self) -> None:
        changed, self._changed = self._changed, {}
        for par, before in changed.items():
            for found in self._watching(par, "valuechange"):
                found.module.onValueChange(par, before)

    def _executes(self, event: str) -> list[DAT]:
        found = [each for each in self.operators() if each.OPType == "executeDAT"]
        return [each for each in found if each.par.active.eval() and getattr(each.par, event).eval()]

    def _watching(self, par: Par, event: str) -> list[DAT]:
        return [
            each
            for each in self.operators()
            if each.OPType == "parameterexecuteDAT"
            and each.par.active.eval()
            and getattr(each.par, event).eval()
            and (each.par.custom if par.isCustom else each.par.builtin).eval()
            and each.op(each.par.op.eval()) is par.owner
            and par.name in each.par.pars.eval().split()
        ]


class NoImports:
    """Put first in sys.meta_path: TouchDesigner looks for a module among its operators, whatever thread asks."""

    def __init__(self, host: Host, forbidden: tuple[str, ...] = ()) -> None:
        self._host, self._forbidden = host, forbidden

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        self._host.check(f"module {name} was imported")
        if name.partition(".")[0] in self._forbidden:
            raise ImportError(f"{name} is not installed here")
