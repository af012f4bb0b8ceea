"""Runs a module of this package in a process of its own: where a library crashes there, nothing else ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_PACKAGES = str(Path(__file__).parents[2])


@contextmanager
def worker_process(
    module: str, *arguments: str, stdin: int = subprocess.DEVNULL
) -> Iterator["subprocess.Popen[bytes]"]:
    """The process that runs `module`, which does not outlive the context; its standard output is a pipe.

    In a session of its own: what ends ours from the keyboard or with the terminal is ours to hear.
    """
    paths = os.pathsep.join(filter(None, (_PACKAGES, os.environ.get("PYTHONPATH"))))
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": paths},
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
            if process.stdin:
                with suppress(OSError):  # what was not taken any more, where the process had ended before
                    process.stdin.close()


def ending(process: "subprocess.Popen[bytes]") -> str:
    """How the process ended, in words, once it has: `exit 1`, `SIGSEGV`."""
    code = process.wait()
    if code >= 0:
        return f"exit {code}"
    return signal.Signals(-code).name if -code in list(signal.Signals) else f"signal {-code}"


def own_output() -> BinaryIO:
    """Within such a process, its standard output, for it alone: what libraries print goes to the standard error."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output


def limit_memory(most: int) -> None:
    """Within such a process, the bytes of data that it may have. Where the system has no such limit, there is none."""
    if sys.platform != "win32":
        import resource

        with suppress(ValueError, OSError):  # a stricter limit that is there already
            resource.setrlimit(resource.RLIMIT_DATA, (most, resource.getrlimit(resource.RLIMIT_DATA)[1]))
