"""An empty home for installed models, and no proxy but the one that a test sets."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deepsing_bridge.weights import model_sets
from tests.checkpoints.server import FileServer


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(model_sets.HOME, str(tmp_path / "home"))
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return tmp_path / "home"


@pytest.fixture
def server() -> Iterator[FileServer]:
    with FileServer() as running:
        yield running
