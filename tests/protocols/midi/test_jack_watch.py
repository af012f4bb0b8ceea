"""Whether the JACK server still is: asked while the server dies and the interpreter is busy."""

import subprocess
import sys

import pytest

from tests.jack import jack_name, jackd
from tests.process import ROOT

pytest.importorskip("rtmidi", reason="python-rtmidi is not installed")
pytestmark = pytest.mark.program("jackd")

WATCHED = """
import os, signal, sys, threading, time
import rtmidi
from deepsing_bridge.protocols.midi.jack import JackWatch

def compute(seconds):
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        pass

def work():
    time.sleep(0.1)
    compute(1)

watch = JackWatch(rtmidi._rtmidi.__file__)
for _ in range(2):
    threading.Thread(target=work, daemon=True).start()
sys.setswitchinterval(5)  # whoever waits for the interpreter, libjack's thread perhaps, does so for long
compute(0.5)  # they are before libjack's thread in the queue
os.kill(int(sys.argv[1]), signal.SIGKILL)
compute(1)
watch.close()
print("closed", flush=True)
os._exit(0)
"""


def test_a_watch_can_be_closed_while_it_is_told_of_the_end() -> None:
    """libjack cancels its thread then. If that holds one of the interpreter's locks, everything stands still."""
    with jack_name(), jackd() as server:
        command = [sys.executable, "-c", WATCHED, str(server.pid)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as watching:
            try:
                said, _ = watching.communicate(timeout=60)
            finally:
                watching.kill()
    assert said == "closed\n"
