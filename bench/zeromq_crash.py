"""Clients that flood the bridge's ZeroMQ ports, with heartbeats of their own, and vanish: does it live?

    python -m bench.zeromq_crash --tries 500
    python -m bench.zeromq_crash --tries 500 --curve

Each try is a connection to the commands' port; half of them come under the same name, a quarter to the frames' port.
Some ten at a time belong to one process, which ends without a word. Loopback only. Exit code 1 if the bridge died.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
AT_ONCE = 10

SERVER = """
import sys, time
from pathlib import Path
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.hub import Hub
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.zeromq import keys
from deepsing_bridge.protocols.zeromq.command_server import CommandServer
from deepsing_bridge.protocols.zeromq.publisher import FramePublisher
allowed = keys.load(Path(sys.argv[1])) if sys.argv[1:] else None
hub = Hub(vocabulary(), SystemClock())
servers = [CommandServer(hub, str, port=0, keys=allowed), FramePublisher(hub, port=0, keys=allowed)]
for server in servers:
    server.start()
print(*(server.port for server in servers), flush=True)
while True:
    hub.inbox.take(0.01)
"""

ATTACK = """
import os, sys, time, zmq
from deepsing_bridge.client import load_keys
commands, frames, count, seconds, keys = *map(int, sys.argv[1:4]), float(sys.argv[4]), sys.argv[5:]
context, sockets = zmq.Context(), []
for number in range(count):
    kind = zmq.XSUB if number % 4 == 3 else zmq.DEALER
    socket = context.socket(kind)
    socket.sndhwm, socket.linger, socket.heartbeat_ivl, socket.heartbeat_timeout = 0, 0, 5, 5000
    if number % 2:
        socket.routing_id = b"same"
    if keys:
        key = load_keys(keys[0])
        socket.curve_serverkey, socket.curve_publickey, socket.curve_secretkey = key
    socket.connect(f"tcp://127.0.0.1:{frames if kind == zmq.XSUB else commands}")
    sockets.append(socket)
time.sleep(0.1)
until = time.monotonic() + seconds
while time.monotonic() < until:
    for number, socket in enumerate(sockets):
        for _ in range(20):
            socket.send(b"\\x01topic" if number % 4 == 3 else b'{"command":"param/noise","value":0.2}')
os._exit(0)
"""

ASK = """
import json, sys
from deepsing_bridge.client import Commands, load_keys
keys = load_keys(sys.argv[2]) if sys.argv[2:] else None
print(json.dumps(Commands(f"tcp://127.0.0.1:{sys.argv[1]}", keys, timeout_s=20).ask("get", name="status")))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=500)
    parser.add_argument("--curve", action="store_true", help="with keys that are let in")
    options = parser.parse_args()
    died_at, answer = attack(options.tries, options.curve)
    if died_at:
        print(f"the bridge died within {died_at} tries: {answer}")
    else:
        print(
            f"{options.tries} tries, {'CURVE' if options.curve else 'no keys'}: the bridge lives; asked, it said {answer}"
        )
    return 1 if died_at else 0


def attack(tries: int, curve: bool, seed: int = 0) -> tuple[int, str]:
    """Within how many tries the bridge died, with its last words; or 0 and what it answers afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        keys = [_keys(Path(folder) / "keys")] if curve else []
        server = _python(SERVER, *keys, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert server.stdout is not None and server.stderr is not None
        try:
            commands, frames = server.stdout.readline().split()
            chance = random.Random(seed)
            for done in range(AT_ONCE, tries + AT_ONCE, AT_ONCE):
                _python(ATTACK, commands, frames, str(AT_ONCE), str(chance.uniform(0.02, 0.4)), *keys).wait()
                if server.poll() is not None:
                    return done, server.stderr.read().strip()[-200:]
            answer = subprocess.run(
                [sys.executable, "-c", ASK, commands, *keys], cwd=ROOT, capture_output=True, text=True
            )
            return (0, json.dumps(json.loads(answer.stdout))) if answer.stdout else (tries, answer.stderr[-200:])
        finally:
            server.kill()
            server.communicate()


def _keys(folder: Path) -> str:
    from deepsing_bridge.protocols.zeromq import keys

    keys.make(folder)
    return str(folder)


def _python(script: str, *arguments: str, **streams: int) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", script, *arguments], cwd=ROOT, text=True, **streams)


if __name__ == "__main__":
    sys.exit(main())
