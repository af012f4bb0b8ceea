"""Where the engine's music comes from besides songs. Live sound does (`live_input`), or nothing."""

from typing import Protocol

from .commands import Command
from .state import State


class Input(Protocol):
    """Where the engine's music comes from besides songs."""

    def begin(self, state: State, now_s: float) -> State:
        """Before the first step."""

    def step(self, state: State, now_s: float) -> State:
        """With what was heard since the last one."""

    def meant(self, command: Command, state: State) -> Command | None:
        """What `command` means here; None: nothing. Raises BridgeError where it cannot be done."""

    def next_scene(self, state: State, at_s: float) -> State:
        """A scene begins at `at_s`. Raises BridgeError where there is none."""


class NoInput:
    """Songs alone."""

    def begin(self, state: State, now_s: float) -> State:
        return state

    def step(self, state: State, now_s: float) -> State:
        return state

    def meant(self, command: Command, state: State) -> Command | None:
        return command

    def next_scene(self, state: State, at_s: float) -> State:
        return state.cut_to_next(at_s)


NO_INPUT = NoInput()
