"""The table of hyper-parameters is what the page shows, and what is trained with."""

from pathlib import Path

import pytest

from deepsing_bridge.protocols.tables import markdown_table
from deepsing_bridge.training import glo
from deepsing_bridge.training.recipe_table import HEADS, table

PAGE = Path(__file__).parent.parent.parent / "docs" / "training.md"


def test_the_page_holds_the_table() -> None:
    assert markdown_table(HEADS, table()) in PAGE.read_text("utf-8")


def test_numbers_are_told_from_where_they_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glo, "BATCH", 77)
    assert ("train generator", "batch", "77", "ours") in table()
