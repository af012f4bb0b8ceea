"""Which song is on its way. Part of the engine: it decides what the analyzer does.

A song that was asked for comes first; else the one that follows in the playlist is analysed ahead, and kept until it is
asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import BridgeError
from ..story.analysis import SongAnalysis
from .analysis import Analyzed, Analyzer
from .commands import Chase, Command, Load, NextSong, Pause, Play, PreviousSong, Stop
from .messages import ROOT
from .playlist import Playlist


@dataclass(frozen=True)
class Arrived:
    """What came of `song` that was asked for, None if it could not be analysed; it `plays` by itself."""

    song: Load
    analysis: SongAnalysis | None
    plays: bool


class SongQueue:
    """`wanted` is the newest of the songs that were asked for and are not there yet; it `rolls` if it is to start by
    itself."""

    def __init__(self, analyzer: Analyzer, playlist: Playlist) -> None:
        self.wanted: Load | None = None
        self.rolls = False
        self._analyzer, self._playlist = analyzer, playlist
        self._job: Load | None = None  # what the analyzer does
        self._ahead: Analyzed | None = None  # what was analysed before it was asked for
        self._broken: set[Path] = set()  # what could not be analysed
        self._on: Path | None = None  # what arrived last: the one that the next follows

    def ask(self, song: Load, plays: bool) -> None:
        """`plays`: whether one plays already, so that it is to play on."""
        self.rolls = self.rolls or plays
        is_coming = self._job is not None and self._job.path == song.path
        self.wanted = song
        if not is_coming and not self._has_ahead(song.path):
            self._job = song
            self._analyzer.request(song)

    def step(self, command: NextSong | PreviousSong, plays: bool) -> None:
        """Raises BridgeError where the playlist ends."""
        forwards = isinstance(command, NextSong)
        neighbour = self.following_again if forwards else self.preceding_again
        song = neighbour()
        if song is None:
            name, where = ("next", "after") if forwards else ("previous", "before")
            raise BridgeError(f"{ROOT}/{name}: the playlist has no song {where} this one")
        self.ask(Load(song, command.sender), plays)

    def heed(self, command: Command) -> None:
        """What was said of how it plays goes for the song that is on its way."""
        if self.wanted is None:
            self.rolls = False
        elif isinstance(command, Play):
            self.rolls = True
        elif isinstance(command, Pause | Stop):
            self.rolls = False
        elif isinstance(command, Chase):
            self.rolls = command.moving

    def following(self) -> Path | None:
        return self._playlist.following(self._on, self._broken)

    def following_again(self) -> Path | None:
        """As `following`; where none is left, one that could not be analysed may be there again."""
        return self.following() or self._again(self._playlist.following)

    def preceding_again(self) -> Path | None:
        """The one before, likewise."""
        return self._playlist.preceding(self._on, self._broken) or self._again(self._playlist.preceding)

    def _again(self, neighbour: Callable[[Path | None], Path | None]) -> Path | None:
        self._broken.clear()
        return neighbour(self._on)

    def arrived(self) -> "Arrived | None":
        """What came of the song that is wanted, once: then none is. Looks ahead where nothing is."""
        for analyzed in self._analyzer.finished():
            if analyzed.song is self._job:
                self._job = None
                self._note(analyzed)
        found = None
        if self.wanted is not None and self._ahead is not None and self._has_ahead(self.wanted.path):
            found = Arrived(self.wanted, self._ahead.analysis, self.rolls)
            if found.analysis is not None:
                self._on = found.song.path
            self.wanted, self._ahead, self.rolls = None, None, False
        self._look_ahead()
        return found

    def _note(self, analyzed: Analyzed) -> None:
        path = analyzed.song.path
        if analyzed.analysis is None:
            self._broken.add(path)
        else:
            self._broken.discard(path)
        if analyzed.analysis is not None or (self.wanted is not None and self.wanted.path == path):
            self._ahead = analyzed

    def _has_ahead(self, path: Path) -> bool:
        return self._ahead is not None and self._ahead.song.path == path

    def _look_ahead(self) -> None:
        coming = self.following() if self._on else None
        if coming is not None and self.wanted is None and self._job is None and not self._has_ahead(coming):
            self._job = Load(coming)
            self._analyzer.request(self._job)
