from pathlib import Path

from deepsing_bridge.layouts.formats import LAYOUTS

PAGE = (Path(__file__).parents[2] / "docs" / "layouts.md").read_text("utf-8")


def test_the_page_names_every_layout() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line][1:]
    assert rows == [f"| {entry.name} | {entry.file} | {entry.host} |" for entry in LAYOUTS.values()]
