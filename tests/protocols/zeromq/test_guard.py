"""Clients that mean ill: floods that vanish, messages without an end, endless topics, crowds. Loopback only."""

import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress

import psutil
import pytest
import zmq

from bench.zeromq_crash import ROOT, SERVER, attack
from deepsing_bridge.client import Commands
from deepsing_bridge.protocols.zeromq import guard
from deepsing_bridge.protocols.zeromq.command_server import ANSWERS_WAITING, FRAMING_BYTES, _receive
from deepsing_bridge.protocols.zeromq.socket import Listener

PATIENCE_S = 20.0
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how many bytes came")
MOST_GROWTH = 64 * 2**20
AT_ONCE = ANSWERS_WAITING * 3 // 4  # commands; were there more, answers to them would be lost on a machine that is busy


GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
READY = b"\x04\x1c\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"


@contextmanager
def bridge():
    """Both servers in a process of their own, since it is to be seen whether it lives: (process, commands, frames)."""
    process = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        yield psutil.Process(process.pid), *map(int, process.stdout.readline().split())
    finally:
        process.kill()
        process.communicate()


def greeted(port, kind):
    """A connection after ZMTP's handshake without security, as a socket of type `kind`."""
    link = socket.create_connection(("127.0.0.1", port), timeout=5)
    link.sendall(GREETING)
    ready = b"\x05READY\x0bSocket-Type" + struct.pack(">I", len(kind)) + kind
    link.sendall(b"\x04" + bytes([len(ready)]) + ready)
    received(link, 64)
    _, size = received(link, 2)
    received(link, size)
    return link


def received(link, size):
    got = b""
    while len(got) < size:
        got += link.recv(size - len(got))
    return got


def is_served(port):
    commands = Commands(f"tcp://127.0.0.1:{port}", timeout_s=PATIENCE_S)
    try:
        return commands.ask("get", name="status")["ok"]
    finally:
        commands.close()


def send_until_cut(link, piece, most):
    """How many bytes it took until the other side hung up, or took no more; at most `most`."""
    link.settimeout(1)
    sent, link_ended = 0, (ConnectionError, TimeoutError)
    with suppress(*link_ended):
        while sent < most:
            link.sendall(piece)
            sent += len(piece)
    return sent


@pytest.mark.parametrize("curve", [False, True])
def test_clients_that_flood_with_heartbeats_and_vanish_do_not_end_the_process(curve):
    died_at, answer = attack(20, curve)
    assert not died_at, answer
    assert json.loads(answer)["ok"]


@LINUX
@pytest.mark.parametrize("size", [1, 50_000])
@pytest.mark.parametrize("kind", [b"DEALER", b"SUB"])
def test_a_message_whose_parts_never_end_is_cut_off(kind, size):
    with bridge() as (process, commands, frames):
        assert is_served(commands)
        before = process.memory_info().rss
        size = min(size, 1000) if kind == b"SUB" else size
        part = (b"\x03" + struct.pack(">Q", size) if size > 255 else b"\x01" + bytes([size])) + b"x" * size
        for _ in range(2):
            with greeted(commands if kind == b"DEALER" else frames, kind) as link:
                most = 256 * 2**20
                assert send_until_cut(link, part * max(1, 65536 // len(part)), most) < most
        assert process.memory_info().rss - before < 2 * MOST_GROWTH
        assert is_served(commands)


@LINUX
@pytest.mark.parametrize("size", [1, 4, 1000])
def test_endless_topics_are_cut_off(size):
    with bridge() as (process, commands, frames):
        assert is_served(commands)
        before = process.memory_info().rss
        with greeted(frames, b"SUB") as link:
            most = 8 * 2**20
            sent = 0
            with suppress(OSError):
                while sent < most:
                    link.sendall(b"".join(subscription(size) for _ in range(max(1, 1000 // size))))
                    sent += 1000
            assert sent < most
        assert process.memory_info().rss - before < MOST_GROWTH
        assert is_served(commands)


def subscription(size):
    """To a topic of so many random bytes."""
    message = b"\x01" + os.urandom(size)
    return (b"\x02" + struct.pack(">Q", len(message)) if size > 200 else b"\x00" + bytes([len(message)])) + message


@LINUX
def test_topics_of_many_that_are_few_each_are_bounded_together():
    with bridge() as (_, commands, frames), ExitStack() as open_links:
        links = [open_links.enter_context(greeted(frames, b"SUB")) for _ in range(12)]
        for link in links:
            link.sendall(b"".join(subscription(1000) for _ in range(10)))
        until = time.monotonic() + PATIENCE_S
        while not any(map(has_ended, links)):
            assert time.monotonic() < until, "nobody was cut off"
            time.sleep(0.05)
        assert is_served(commands)


def has_ended(link):
    link.setblocking(False)
    try:
        return link.recv(1000) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_a_crowd_of_idle_connections_keeps_nobody_out_and_is_let_go():
    with bridge() as (process, commands, frames), ExitStack() as open_links:
        assert is_served(commands)
        files = process.num_fds()
        for port in (commands, frames):
            for _ in range(300):
                open_links.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
        for _ in range(100):
            open_links.enter_context(greeted(commands, b"DEALER"))
        assert is_served(commands)
        until = time.monotonic() + PATIENCE_S
        while process.num_fds() > files + 4 * guard.MOST_OF_ONE + 20:
            assert time.monotonic() < until, f"{process.num_fds()} files"
            time.sleep(0.05)


@LINUX
def test_a_flood_of_whole_commands_is_cut_off_and_the_next_client_served():
    with bridge() as (process, commands, _):
        assert is_served(commands)
        before = process.memory_info().rss
        for _ in range(2):
            with greeted(commands, b"DEALER") as link:
                most = 256 * 2**20
                assert send_until_cut(link, b"\x00\x01x" * 10_000, most) < most
        assert process.memory_info().rss - before < 4 * MOST_GROWTH
        assert is_served(commands)


COMMAND = b'{"command":"param/noise","value":0.2}'


def message(body):
    return b"\x00" + bytes([len(body)]) + body


@LINUX
def test_those_who_send_much_and_hang_up_at_once_leave_little_and_keep_nobody_out():
    """Each leaves less than it may, and is gone before anybody looks."""
    with bridge() as (process, commands, _):
        assert is_served(commands)
        before = process.memory_info().rss
        until = time.monotonic() + 4
        while time.monotonic() < until:
            with suppress(OSError), greeted(commands, b"DEALER") as link:
                link.sendall(message(COMMAND) * 10_000)
        assert process.memory_info().rss - before < MOST_GROWTH
        assert is_served(commands)


class Reader:
    """A guarded ROUTER socket. Its messages wait until `read`; `heard` has them, and what the guard said of each."""

    def __init__(self, burst):
        self.heard, self._go = [], threading.Event()
        self.listener = Listener(zmq.ROUTER, "127.0.0.1", 0, None, {}, burst)
        self.guard, self.port = self.listener._guard, self.listener.port
        self.listener.start(self._serve, "reader")

    def read(self):
        self._go.set()

    def said_of(self, body):
        until(lambda: body in dict(self.heard))
        return dict(self.heard)[body]

    @contextmanager
    def gone_after(self):
        """All who came within are gone, and known to be."""
        before = psutil.Process().num_fds()
        yield
        until(lambda: self.guard.has_room() and psutil.Process().num_fds() == before)

    @contextmanager
    def finishing(self):
        """A connection that is closed once all it sent was read.

        To close with an answer unread, be it a heartbeat, resets it, and the kernel throws away what the other side has
        not read yet.
        """
        with greeted(self.port, b"DEALER") as link:
            yield link
            link.shutdown(socket.SHUT_WR)
            until(lambda: self.guard.has_room() and has_ended(link))

    def _serve(self, socket, guard, stopping):
        while not (self._go.wait(0.05) or stopping.is_set()):
            pass
        while not stopping.is_set():
            try:
                got = _receive(socket, FRAMING_BYTES)
            except zmq.Again:
                guard.is_empty()
                stopping.wait(0.01)
            else:
                self.heard.append((got.parts[-1], guard.has_read(got.file, got.size)))


@pytest.fixture
def reader(monkeypatch):
    """Whose guard's own thread never has its turn."""
    monkeypatch.setattr(guard.Guard, "_run", lambda _: None)
    with ExitStack() as running:

        def started(burst):
            reading = Reader(burst)
            running.callback(reading.listener.stop)
            return reading

        yield started


def until(is_so):
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


FLOOD = message(COMMAND) * 50_000


@LINUX
def test_one_who_has_the_number_of_a_flood_that_is_gone_is_heard(reader):
    reading = reader(burst=3 * len(FLOOD))
    with reading.gone_after(), reading.finishing() as link:
        link.sendall(FLOOD)
    with reading.finishing() as link:
        link.sendall(message(b"from one who is gone too"))
    with greeted(reading.port, b"DEALER") as link:
        link.sendall(message(b"from one who is here"))
        reading.read()
        assert reading.said_of(b"from one who is here")
        assert reading.said_of(b"from one who is gone too")


@LINUX
def test_what_a_flood_left_is_not_obeyed_and_what_others_left_is(reader):
    reading = reader(burst=3 * len(FLOOD))
    with reading.gone_after(), reading.finishing() as little, reading.finishing() as much:
        little.sendall(message(b"little"))
        much.sendall(FLOOD)
    reading.read()
    until(lambda: len(reading.heard) == 50_001)
    assert reading.said_of(b"little")
    obeyed = [said for body, said in reading.heard if body == COMMAND]
    assert not obeyed[0]
    assert obeyed[-1], "the last of them are few"


@LINUX
def test_whoever_comes_while_too_much_waits_is_let_in_later_and_loses_nothing(reader):
    reading = reader(burst=len(FLOOD) // (2 * guard.IN_ALL))
    with greeted(reading.port, b"DEALER") as link:
        link.sendall(FLOOD)
        until(lambda: not reading.guard.has_room())
        context = zmq.Context()
        late = context.socket(zmq.DEALER)
        late.linger, late.immediate = 0, 1
        late.connect(f"tcp://127.0.0.1:{reading.port}")
        assert not late.poll(1000, zmq.POLLOUT), "it was let in"
        reading.read()
        assert late.poll(PATIENCE_S * 1000, zmq.POLLOUT)
        late.send(b"from one who waited")
        assert reading.said_of(b"from one who waited")
        context.destroy()


@LINUX
def test_those_who_come_and_go_before_a_closed_door_leave_nothing_and_who_waits_is_let_in(reader, monkeypatch):
    door = threading.Event()
    monkeypatch.setattr(guard.Guard, "has_room", lambda _: door.is_set())
    reading = reader(burst=len(FLOOD))
    reading.read()
    context = zmq.Context()
    patient = context.socket(zmq.DEALER)
    patient.linger, patient.immediate = 0, 1
    patient.connect(f"tcp://127.0.0.1:{reading.port}")
    before = psutil.Process().memory_info().rss
    for _ in range(800):
        with socket.create_connection(("127.0.0.1", reading.port), timeout=5) as link:
            link.sendall(GREETING + READY)
            link.recv(64)
    assert psutil.Process().memory_info().rss - before < MOST_GROWTH // 6
    door.set()
    assert patient.poll(PATIENCE_S * 1000, zmq.POLLOUT)
    context.destroy()


@LINUX
def test_one_who_sends_little_for_long_is_not_cut_off():
    """What has been read does not count, and of a heartbeat a second not even what has not."""
    with bridge() as (_, commands, _):
        context = zmq.Context()
        client = context.socket(zmq.DEALER)
        client.linger, client.rcvtimeo = 0, int(PATIENCE_S * 1000)
        client.connect(f"tcp://127.0.0.1:{commands}")
        for _ in range(30_000 // AT_ONCE):
            for _ in range(AT_ONCE):
                client.send(b'{"command":"param/noise","value":0.2,"id":"%s"}' % (b"x" * 60))
            assert all(b"true" in client.recv() for _ in range(AT_ONCE))
        context.destroy()
