"""A contact sheet shows every class of a generator."""

from pathlib import Path

import pytest
from PIL import Image

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.evaluation.contact_sheet import COLUMNS, HEIGHT, PICTURES, write_contact_sheet


def test_every_class_has_its_pictures(tmp_path: Path) -> None:
    write_contact_sheet(tmp_path / "new" / "sheet.jpg", "embedded")
    with Image.open(tmp_path / "new" / "sheet.jpg") as sheet:
        rows = -(-31 // COLUMNS)
        assert sheet.width > COLUMNS * PICTURES * HEIGHT and sheet.height > rows * HEIGHT
        assert all(sheet.crop((x, y, x + 50, y + 50)).getextrema()[0][1] > 60 for x in (20, 400) for y in (50, 200))


def test_a_generator_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="stylegan"):
        write_contact_sheet(tmp_path / "sheet.jpg", "stylegan")
    assert not (tmp_path / "sheet.jpg").exists()
