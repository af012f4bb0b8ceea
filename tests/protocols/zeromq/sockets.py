"""A hub with something to tell, and clients of the two servers, in this process and in others."""

import subprocess
import sys
from contextlib import contextmanager

import numpy as np
import zmq

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.live import events
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.hub import Hub, Snapshot
from deepsing_bridge.live.mailbox import Inbox
from deepsing_bridge.live.vocabulary import vocabulary
from tests.protocols.live_frames import PATIENCE_S

PATIENCE_MS = int(PATIENCE_S * 1000)
CURVE = SentimentTrack(np.array([0.5, -1.25], np.float32), np.array([1.0, 2.0], np.float32), 0.5)
SONG = events.SongLoaded("a.ogg", 1.0, 1, CURVE)
SCENE = events.SceneStarted(3, 7, "lake", 0.5, "neutral", 0.25, -0.5, 15.0, 20.0)


def make_hub(**changes):
    hub = Hub(vocabulary(), SystemClock(), Inbox(changes.pop("capacity", 256)))
    hub.snapshot = Snapshot(values=hub.snapshot.values, song=SONG, scene=SCENE, time_s=12.5, valence=0.25)
    return hub


def allowed(text):
    if "cursed" in text:
        raise RuntimeError("a fault of ours")
    if "secret" in text:
        raise BridgeError(f"{text}: not below a --songs folder")
    return text


@contextmanager
def socket_to(adapter, kind, key=None, **options):
    context = zmq.Context()
    socket = context.socket(kind)
    for name, value in {"linger": 0, "rcvtimeo": PATIENCE_MS, "sndtimeo": PATIENCE_MS, **options}.items():
        setattr(socket, name, value)
    if key:
        socket.curve_serverkey, socket.curve_publickey, socket.curve_secretkey = key.server, key.public, key.secret
    socket.connect(f"tcp://127.0.0.1:{adapter.port}")
    try:
        yield socket
    finally:
        context.destroy(linger=0)


@contextmanager
def another_process(script, *args):
    process = subprocess.Popen([sys.executable, "-c", script, *map(str, args)], stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
