"""Ways for threads to hand values over. Each is bounded, none ever blocks whoever puts something in, and what is
dropped is counted."""

from collections import deque
from threading import Condition
from typing import Generic, TypeVar

from .commands import Chase, Command, FollowBeats, SetCues, SetParam

T = TypeVar("T")
NEWEST: tuple[type[Command], ...] = (Chase, FollowBeats, SetCues)  # each of these replaces the one before it


class Inbox:
    """Commands for the engine. Of several values for one parameter, of several cue books, and of what is followed, only
    the newest waits. Cue books and what is followed are taken whatever waits, since nobody says them twice."""

    def __init__(self, capacity: int = 256) -> None:
        self.capacity = capacity
        self.dropped = 0
        self._changed = Condition()
        self._woken = False
        self._waiting: dict[object, Command] = {}  # in order of arrival; what has a newer one of its kind moves back

    def put(self, command: Command) -> bool:
        """False, and counted, if too many wait."""
        key = _kind(command)
        with self._changed:
            is_new = key not in self._waiting and key not in NEWEST
            if is_new and len(self._waiting) >= self.capacity:
                self.dropped += 1
                return False
            self._waiting.pop(key, None)
            self._waiting[key] = command
            self._changed.notify()
        return True

    def take(self, timeout_s: float) -> list[Command]:
        """All that waits, in order; waits up to `timeout_s` for the first, or until it is woken."""
        with self._changed:
            if not self._waiting and not self._woken and timeout_s > 0:
                self._changed.wait(timeout_s)
            taken, self._woken = list(self._waiting.values()), False
            self._waiting.clear()
        return taken

    def wake(self) -> None:
        """Something else than a command is there for whoever takes."""
        with self._changed:
            self._woken = True
            self._changed.notify()


def _kind(command: Command) -> object:
    if isinstance(command, SetParam):
        return command.name
    return type(command) if type(command) in NEWEST else object()


class Outbox(Generic[T]):
    """What one listener has yet to hear. When it is full, the oldest goes, and is counted."""

    def __init__(self, capacity: int = 512) -> None:
        self.dropped = 0
        self._changed = Condition()
        self._waiting: deque[T] = deque(maxlen=capacity)

    def put(self, value: T) -> None:
        with self._changed:
            self.dropped += len(self._waiting) == self._waiting.maxlen
            self._waiting.append(value)
            self._changed.notify()

    def take(self, timeout_s: float) -> list[T]:
        """All that waits, in order; waits up to `timeout_s` for the first."""
        with self._changed:
            if not self._waiting and timeout_s > 0:
                self._changed.wait(timeout_s)
            taken = list(self._waiting)
            self._waiting.clear()
        return taken


class Slot(Generic[T]):
    """The newest value; any number of readers, each with its own idea of which it saw last."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._value: T | None = None
        self._number = 0

    def put(self, value: T) -> None:
        with self._changed:
            self._value = value
            self._number += 1
            self._changed.notify_all()

    def newest(self) -> T | None:
        return self._value

    def after(self, number: int, timeout_s: float) -> tuple[int, T | None]:
        """The newest value and its number if that is greater than `number`, else `(number, None)` after `timeout_s`."""
        with self._changed:
            if self._number <= number and timeout_s > 0:
                self._changed.wait(timeout_s)
            return (self._number, self._value) if self._number > number else (number, None)
