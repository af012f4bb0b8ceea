"""An empty home for what trainings install."""

from pathlib import Path

import pytest

from deepsing_bridge.weights import model_sets


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(model_sets.HOME, str(tmp_path / "home"))
    return tmp_path / "home"
