"""What was installed, as it is written down."""

from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.hosts import record
from deepsing_bridge.hosts.record import InstallRecord


@pytest.mark.parametrize(
    "facts",
    [
        "",
        "[]",
        "{}",
        '{"version": "1", "folder": "/x", "files": [], "made": []}',
        '{"version": "1", "folder": "x", "files": {}, "made": []}',
        '{"version": "1", "folder": "/x", "files": {"../y": ""}, "made": []}',
        '{"version": "1", "folder": "/x", "files": {"..": ""}, "made": []}',
        '{"version": "1", "folder": "/x", "files": {"/etc/passwd": ""}, "made": []}',
        '{"version": "1", "folder": "/x", "files": {}, "made": ["/etc"]}',
    ],
)
def test_a_record_that_is_none_is_refused(facts: str, tmp_path: Path) -> None:
    path = tmp_path / "resolve.json"
    path.write_text(facts)
    with pytest.raises(BridgeError, match=r"resolve\.json: does not say what was installed"):
        record.read(path)


def test_a_record_reads_as_it_was_written(tmp_path: Path) -> None:
    made = InstallRecord("0.1.0", tmp_path / "ü", {"a b.py": "00"}, (tmp_path / "ü", tmp_path))
    record.write(tmp_path / "records" / "x.json", made)
    assert record.read(tmp_path / "records" / "x.json") == made
