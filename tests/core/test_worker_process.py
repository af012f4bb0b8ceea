"""A process of its own: its output is what it tells, how it ended is told, and it does not outlive who asked."""

import subprocess
import sys

import pytest

from deepsing_bridge.core.worker_process import ending, worker_process


@pytest.fixture
def module(tmp_path, monkeypatch):
    """What makes a module of some lines, which worker processes find."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def written(*lines):
        (tmp_path / "worker_of_a_test.py").write_text("\n".join(lines))
        return "worker_of_a_test"

    return written


def test_only_what_it_tells_comes_over_its_output(module, capfd):
    name = module(
        "import os",
        "from deepsing_bridge.core.worker_process import own_output",
        "with own_output() as output:",
        "    os.write(1, b'a library prints')",
        "    output.write(b'told')",
    )
    with worker_process(name) as process:
        assert process.stdout.read() == b"told"
        assert ending(process) == "exit 0"
    assert "a library prints" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("sys.exit(3)", "exit 3"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
        ("os.kill(os.getpid(), signal.SIGRTMIN + 3)", "signal 37"),
    ],
)
def test_it_is_told_how_it_ended(module, line, told):
    with worker_process(module("import os, signal, sys", line)) as process:
        assert ending(process) == told


def test_it_has_arguments_and_what_is_written_to_it(module):

    name = module("import sys", "print(sys.argv[1], sys.stdin.read())")
    with worker_process(name, "given", stdin=subprocess.PIPE) as process:
        process.stdin.write(b"and written")
        process.stdin.close()
        assert process.stdout.read() == b"given and written\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_it_has_no_more_memory_than_it_may_have(module):
    name = module(
        "from deepsing_bridge.core.worker_process import limit_memory",
        "limit_memory(1 << 29)",
        "bytearray(1 << 28)",
        "print('a part', flush=True)",
        "bytearray(1 << 30)",
    )
    with worker_process(name) as process:
        assert process.stdout.read() == b"a part\n"
        assert ending(process) == "exit 1"


def test_it_does_not_outlive_who_asked(module):
    with worker_process(module("import time", "time.sleep(600)")) as process:
        assert process.poll() is None
    assert process.returncode is not None
