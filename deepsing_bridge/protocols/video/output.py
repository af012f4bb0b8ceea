"""Shows every frame to other programs, by whatever library: one adapter, and a sink for each way out.

A thread of its own takes the newest frame from the hub, so that a sink that is slow, or waits for a receiver, loses
frames of its own and nobody else's. Knows the hub and nothing else of the bridge.
"""

import logging
from fractions import Fraction
from threading import Event as Flag
from threading import Thread
from time import monotonic

from ...live.events import Problem
from ...live.hub import Hub, LiveFrame
from .sink import Sink

log = logging.getLogger(__name__)

WAIT_S = 0.05  # for a frame, before looking whether it is time to stop
AGAIN_S = 1.0  # between two tries to open what could not be opened
STOP_S = 2.0  # how long a library may take to close

Shape = tuple[int, int, Fraction]
"""Width and height in pixels, and frames a second."""


class VideoOutput:
    """Gives `sink` every frame, and opens it anew for another size or rate, or when it has failed.

    `sent` counts frames, `missed` those that came while the sink was at work, or could not be had.
    """

    def __init__(self, hub: Hub, sink: Sink) -> None:
        self.sent = self.missed = 0
        self._hub, self._sink = hub, sink
        self._stopping = Flag()
        self._thread: Thread | None = None
        self._shape: Shape | None = None  # what it is open for
        self._newest: LiveFrame | None = None
        self._again_s = 0.0  # when to send again what was not sent, or stands
        self._failing = False

    def start(self) -> None:
        self._thread = Thread(target=self._run, name=self._sink.what, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def describe(self) -> str:
        return f"{self._sink.what}: {self._sink.name}"

    def _run(self) -> None:
        number = 0
        try:
            while not self._stopping.is_set():
                number, live = self._hub.frames.after(number, WAIT_S)
                self._step(live, monotonic())
                self._hub.losses.report(self._sink.what, self.missed, self._failing)
        finally:
            self._close()

    def _step(self, live: LiveFrame | None, now_s: float) -> None:
        """Send what is new; or what stands, when it is to be sent again, or could not be."""
        if live is not None:
            self.missed += live.sequence - self._newest.sequence - 1 if self._newest else 0
            self._newest = live
        waits = (self._failing or live is None) and now_s < self._again_s
        if self._newest is None or waits:
            self.missed += live is not None
            return
        try:
            self._send(self._newest)
        except Exception as error:  # each library has its own, or none of its own
            self.missed += live is not None
            self._fail(error)
        else:
            self.sent += live is not None
            self._failing, self._again_s = False, now_s + self._sink.repeat_s

    def _send(self, live: LiveFrame) -> None:
        height, width, _ = live.frame.pixels.shape
        shape = width, height, self._rate
        if shape != self._shape:
            self._close()
            self._sink.open(*shape)
            self._shape = shape
            log.info("%s: %dx%d at %g a second", self.describe(), width, height, float(shape[2]))
        self._sink.send(live.frame.pixels)

    @property
    def _rate(self) -> Fraction:
        return Fraction(float(self._hub.snapshot.values["fps"])).limit_denominator(1001)

    def _fail(self, error: Exception) -> None:
        """Told once, not with every try."""
        if not self._failing:
            self._hub.post(Problem(f"{self.describe()}: {' '.join(str(error).split())}"))  # some are of several lines
        log.debug("%s", self.describe(), exc_info=error)
        self._failing, self._again_s = True, monotonic() + AGAIN_S
        self._close()

    def _close(self) -> None:
        self._shape = None
        try:
            self._sink.close()
        except Exception as error:  # as above; it is gone either way
            log.debug("%s: %s", self.describe(), error)
