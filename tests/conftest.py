"""For all tests: nothing of the user's own is touched, workers share the processor, a program that is not installed is
not missed."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator

COMPILED = [f"librosa.{part}" for part in ("util", "core", "feature", "beat", "onset", "sequence", "decompose")]
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))
if WORKERS > 1:  # before torch and numpy are imported, and for the processes that tests start
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // WORKERS)))

import pytest  # noqa: E402

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what is in the background so, and children too
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """Before there are workers: what librosa compiles at its first import goes into a cache beside it, which two
    processes that do so at once leave in such a state that every later one crashes."""
    if not hasattr(config, "workerinput"):
        subprocess.run([sys.executable, "-c", f"import {', '.join(COMPILED)}"], check=False, capture_output=True)


@pytest.fixture(autouse=True, scope="session")
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Settings and data of this run, and of the processes it starts, lie in a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name)))
        patch.delenv("DEEPSING_MODELS", raising=False)
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked `program` is skipped where one of its programs is not installed."""
    programs = {str(name) for mark in item.iter_markers("program") for name in mark.args}
    if missing := sorted(name for name in programs if shutil.which(name) is None):
        pytest.skip(f"{', '.join(missing)}: not installed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What was logged of a surrogate from outside is spelled out: a worker could not hand it over."""
    report = yield
    report.sections = [(title, text.encode(errors="backslashreplace").decode()) for title, text in report.sections]
    return report
