"""Commands in processes of their own: how long each takes, and the most memory that it had."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress

import psutil

from bench.performance.compare import Taken
from tests.process import ROOT

LOOKED_S = 0.02  # from one look at its memory to the next


def run(*words: object, environment: Mapping[str, str] | None = None) -> Taken:
    """Python with these `words`, in the project's folder, to its end. Raises RuntimeError with what it said where it
    fails. Memory is that of all its processes together."""
    command = [sys.executable, *map(str, words)]
    with tempfile.TemporaryFile() as said:
        began_s, most = time.perf_counter(), 0
        with subprocess.Popen(
            command, cwd=ROOT, env=os.environ | dict(environment or {}), stdout=said, stderr=said
        ) as process:
            while process.poll() is None:
                most = max(most, _memory(process.pid))
                with suppress(subprocess.TimeoutExpired):
                    process.wait(LOOKED_S)
        took_s = time.perf_counter() - began_s
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)}: {said.read().decode(errors='replace')}")
    return Taken(took_s, most / 1e6)


def _memory(pid: int) -> int:
    """Bytes. Of a process that has ended meanwhile, none."""
    total = 0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                total += each.memory_info().rss
    return total
