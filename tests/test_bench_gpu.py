"""The command for who has a graphics card runs to its end on a processor, and tells all that it is for."""

import json
import sys
from pathlib import Path

import pytest

from bench import gpu
from tests.generators.test_biggan import settled


@pytest.mark.slow
def test_it_tells_every_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "random_biggan", settled)  # narrower
    told = tmp_path / "told.json"
    words = ("--device", "cpu", "--generator", "biggan-deep-128", "--seconds", "0.1", "--world", "64x36")
    monkeypatch.setattr(sys, "argv", ["gpu", *words, "--json", str(told)])
    gpu.main()
    figures = json.loads(told.read_text())
    painted = [found for name, found in figures.items() if "WCT" in name]
    assert len(painted) == 2 and painted[0]["differs"] == "0.00 of 255"
    for found in painted:
        assert found["frames a second"] > 0 and found["knob to frame, ms"] > 0
        assert len([name for name in found if name.endswith(", ms")]) == 8
