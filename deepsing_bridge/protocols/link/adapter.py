"""The bridge in a Link session: it follows the session's beats, and starts and stops with it, and leads where it may.

While others are there, the session's beats go before the song's (`FollowBeats`), and only taps change the tempo, from
the fourth on. While nobody is, the session goes along with the song, so that who joins finds its tempo and its bars.
The song runs as our time does, whatever the tempo, as with MIDI clock: so does its sound, wherever that is played.

A thread of its own owns the session. Knows the hub, and nothing of the engine.
"""

import logging
import math
from threading import Event as Flag
from threading import Thread

from ...live.commands import Command, FollowBeats, Pause, Play
from ...live.events import Beat, Event, LinkAt, Tapped, TransportAt
from ...live.hub import Hub
from ...live.mailbox import Outbox
from ...live.taps import BEATS_IN_BAR, BeatGrid
from .session import FASTEST, SLOWEST, Session, refuse_missing

log = logging.getLogger(__name__)

LOOK_S = 0.02  # between two looks at the session
MOVED_S = 0.001  # beats that are nearer to where they were said to be have not moved
OUT_OF_STEP = 0.1  # beats: a song that is further off while nobody else is there is followed
OTHER_TEMPO = 0.05  # beats a minute: less is the same
TAPS = BEATS_IN_BAR  # that change the tempo of others
STOP_S = 1.0


class LinkAdapter:
    """Raises BridgeError where aalink is missing. `refused_commands`: because too many waited in the inbox."""

    def __init__(self, hub: Hub) -> None:
        refuse_missing()
        self.refused_commands = 0
        self._hub = hub
        self._stopping = Flag()
        self._thread: Thread | None = None
        self._told: LinkAt | None = None
        self._grid: BeatGrid | None = None  # that the engine was told to follow
        self._playing = False  # as the session was at the last look
        self._launch_s = math.inf  # when the song is to begin, since somebody has started the session

    def start(self) -> None:
        self._thread = Thread(target=self._run, args=(self._hub.subscribe(),), name="link", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def describe(self) -> str:
        return "Ableton Link: with whoever is on this network"

    def _run(self, events: Outbox[Event]) -> None:
        session = Session(self._hub.clock)
        try:
            while not self._stopping.is_set():
                left_s = self._launch_s - self._hub.clock.now()
                for event in events.take(min(max(left_s, 0.0), LOOK_S)):
                    self._lead(session, event)
                self._follow(session, self._hub.clock.now())
                self._start_or_stop(session)
                self._tell(session)
        finally:
            self._hub.unsubscribe(events)
            session.close()

    def _lead(self, session: Session, event: Event) -> None:
        match event:
            case Tapped(taps, tempo) if session.peers and taps >= TAPS:
                session.tempo = tempo
            case Beat(number, _, tempo) if not session.peers and SLOWEST <= tempo <= FASTEST:
                self._go_along(session, number - 1, tempo)
            case TransportAt(state) if state in ("playing", "paused", "stopped"):  # a song that ends stops nobody
                if (playing := state == "playing") != self._playing:  # else it follows, and leads nobody
                    self._playing = session.playing = playing

    def _go_along(self, session: Session, beat: int, tempo: float) -> None:
        """It is `beat` of a bar now, -1 of none, at this tempo."""
        if abs(session.tempo - tempo) > OTHER_TEMPO:
            session.tempo = tempo
        place = session.grid.place(self._hub.clock.now())
        if beat >= 0 and abs(math.remainder(place - beat, BEATS_IN_BAR)) > OUT_OF_STEP:
            session.align(beat)

    def _follow(self, session: Session, now_s: float) -> None:
        """Tell the engine where beats are, when that is not where they were."""
        if not session.peers:
            if self._grid is not None:
                self._grid = None
                self._put(FollowBeats(None))
            return
        grid = session.grid.numbered_after(self._grid, now_s)
        if self._grid is None or _moved(self._grid, grid, now_s):
            self._grid = grid
            self._put(FollowBeats(grid))

    def _start_or_stop(self, session: Session) -> None:
        """As somebody else has started or stopped the session; where too many commands wait, at the next look."""
        if session.playing and not self._playing:
            self._playing, self._launch_s = True, session.launch_s()
        elif self._playing and not session.playing and self._put(Pause()):
            self._playing, self._launch_s = False, math.inf
        if self._hub.clock.now() >= self._launch_s and self._put(Play()):
            self._launch_s = math.inf

    def _tell(self, session: Session) -> None:
        seen = LinkAt(session.peers, session.tempo, session.playing)
        if seen != self._told:
            self._told = seen
            self._hub.post(seen)

    def _put(self, command: Command) -> bool:
        taken = self._hub.inbox.put(command)
        self.refused_commands += not taken
        return taken


def _moved(before: BeatGrid, after: BeatGrid, now_s: float) -> bool:
    """Whether beats are not where they were, now or a bar from now."""
    coming = math.ceil(after.place(now_s)), math.ceil(after.place(now_s)) + BEATS_IN_BAR
    return any(abs(before.time_of(beat) - after.time_of(beat)) > MOVED_S for beat in coming)
