"""Downloads through a real server: whole, broken off and gone on with, of a file that changes, refused."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from deepsing_bridge.checkpoints import download
from deepsing_bridge.checkpoints.catalogue import Download
from deepsing_bridge.checkpoints.download import fetch
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.plain_text import is_plain
from tests.checkpoints.server import FileServer
from tests.process import free_port

DATA = bytes(range(256)) * 4096  # 1 MiB
OTHER = bytes(reversed(DATA))
CUT = 300_000
FILE = Download("weights.bin", len(DATA), hashlib.sha256(DATA).hexdigest(), ())
ANY = Download("weights.bin", len(DATA), "", ())
"""The same where the catalogue does not know the checksum."""


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def broken_off(server: FileServer, folder: Path, **how: object) -> str:
    """The address of a file of which CUT bytes have arrived; the server gives the rest from now on."""
    url = server.put("/weights.bin", DATA, cuts=[CUT, 0], **how)
    with pytest.raises(
        BridgeError, match=r"connection broke at 300,000 of 1,048,576 bytes.*run the same command again"
    ):
        fetch(ANY, [url], folder)
    assert (folder / "weights.bin.part").read_bytes() == DATA[:CUT]
    server.asked.clear()
    return url


def test_a_file_comes_whole_and_leaves_nothing_else(server: FileServer, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    url = server.put("/weights.bin", DATA)
    fetched = fetch(FILE, [url], tmp_path, lambda done, total: seen.append((done, total)))
    assert fetched.path.read_bytes() == DATA
    assert (fetched.url, fetched.sha256) == (url, FILE.sha256)
    assert seen[-1] == (len(DATA), len(DATA)) and seen == sorted(seen)
    assert files_in(tmp_path) == {"weights.bin"}


def test_a_broken_connection_is_gone_on_with_in_the_same_call(server: FileServer, tmp_path: Path) -> None:
    url = server.put("/weights.bin", DATA, cuts=[CUT, 500_000])
    assert fetch(FILE, [url], tmp_path).path.read_bytes() == DATA
    assert [asked.start for asked in server.asked] == [0, CUT, 800_000]


def test_the_next_call_asks_only_for_the_rest(server: FileServer, tmp_path: Path) -> None:
    url = broken_off(server, tmp_path)
    assert fetch(FILE, [url], tmp_path).path.read_bytes() == DATA
    (asked,) = server.asked
    assert asked.headers["Range"] == f"bytes={CUT}-" and asked.headers["If-Range"] == '"one"'
    assert files_in(tmp_path) == {"weights.bin"}


def test_without_an_etag_the_time_of_change_tells_the_version(server: FileServer, tmp_path: Path) -> None:
    changed = "Tue, 24 Nov 2026 10:00:00 GMT"
    url = broken_off(server, tmp_path, etag="", changed=changed)
    fetch(FILE, [url], tmp_path)
    assert server.asked[0].headers["If-Range"] == changed


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_without_a_sure_version_it_begins_again(etag: str, server: FileServer, tmp_path: Path) -> None:
    url = server.put("/weights.bin", DATA, etag=etag, cuts=[CUT])
    assert fetch(FILE, [url], tmp_path).path.read_bytes() == DATA
    assert [asked.start for asked in server.asked] == [0, 0]


def test_a_file_that_changed_meanwhile_is_never_two_halves(server: FileServer, tmp_path: Path) -> None:
    url = broken_off(server, tmp_path)
    server.put("/weights.bin", OTHER, etag='"two"')
    assert fetch(ANY, [url], tmp_path).path.read_bytes() == OTHER


def test_a_server_that_ignores_if_range_is_found_out(server: FileServer, tmp_path: Path) -> None:
    """It goes on with a file of another version under the old condition."""
    url = broken_off(server, tmp_path)
    server.put("/weights.bin", OTHER, etag='"two"', changed='"one"')  # takes the old condition for fresh
    assert fetch(ANY, [url], tmp_path).path.read_bytes() == OTHER
    assert [asked.start for asked in server.asked] == [CUT, 0]


def test_a_server_that_goes_on_elsewhere_is_found_out(server: FileServer, tmp_path: Path) -> None:
    url = broken_off(server, tmp_path)
    server.paths["/weights.bin"].shift = 7
    assert fetch(ANY, [url], tmp_path).path.read_bytes() == DATA


def test_a_server_without_ranges_gives_all_of_it_again(server: FileServer, tmp_path: Path) -> None:
    url = broken_off(server, tmp_path)
    server.paths["/weights.bin"].ranges = False
    assert fetch(FILE, [url], tmp_path).path.read_bytes() == DATA


def test_a_part_that_is_longer_than_the_file_is_dropped(server: FileServer, tmp_path: Path) -> None:
    url = broken_off(server, tmp_path)
    (tmp_path / "weights.bin.part").write_bytes(bytes(2 * len(DATA)))
    assert fetch(FILE, [url], tmp_path).path.read_bytes() == DATA


def test_a_part_that_was_complete_is_taken_as_it_is(server: FileServer, tmp_path: Path) -> None:
    url = broken_off(server, tmp_path)
    (tmp_path / "weights.bin.part").write_bytes(DATA)
    assert fetch(FILE, [url], tmp_path).path.read_bytes() == DATA
    assert not server.asked


@pytest.mark.parametrize("note", ["", "no json", "[]", '{"url": 1}'])
def test_a_part_with_a_broken_note_is_not_trusted(note: str, server: FileServer, tmp_path: Path) -> None:
    url = broken_off(server, tmp_path)
    (tmp_path / "weights.bin.note").write_text(note)
    assert fetch(FILE, [url], tmp_path).path.read_bytes() == DATA
    assert [asked.start for asked in server.asked] == [0]


def test_a_part_from_another_address_is_not_gone_on_with(server: FileServer, tmp_path: Path) -> None:
    broken_off(server, tmp_path)
    mirror = server.put("/mirror.bin", OTHER)
    assert fetch(ANY, [mirror], tmp_path).path.read_bytes() == OTHER


def test_the_next_address_is_tried_where_one_has_nothing(server: FileServer, tmp_path: Path) -> None:
    dead = f"http://127.0.0.1:{free_port()}/weights.bin"
    login = server.put("/login", b"<html>please log in</html>", kind="text/html")
    good = server.put("/weights.bin", DATA)
    assert fetch(FILE, [dead, server.address + "/nothing", login, good], tmp_path).url == good


def test_a_file_with_another_checksum_is_refused_and_the_next_address_tried(server: FileServer, tmp_path: Path) -> None:
    bad, good = server.put("/bad.bin", OTHER), server.put("/weights.bin", DATA)
    assert fetch(FILE, [bad, good], tmp_path).url == good
    with pytest.raises(BridgeError, match=r"weights\.bin: could not be had .*not the file that the catalogue lists"):
        fetch(FILE, [bad], tmp_path)
    assert files_in(tmp_path) == {"weights.bin"}, "only the good one is there"


def test_a_mirror_with_another_file_serves_where_the_file_cannot_be_had(server: FileServer, tmp_path: Path) -> None:
    gone = server.put("/weights.bin", DATA, status=404)
    url = server.put("/other.pth", OTHER)
    mirror = Download("other.pth", len(OTHER), hashlib.sha256(OTHER).hexdigest()[:8], (url,))
    fetched = fetch(replace(FILE, mirrors=(mirror,)), [gone], tmp_path)
    assert (fetched.url, fetched.path) == (url, tmp_path / "weights.bin")
    assert fetched.path.read_bytes() == OTHER
    changed = replace(mirror, sha256="b0353104")
    with pytest.raises(BridgeError, match=r"HTTP 404 .*; 127.0.0.1: not the file .*expected b0353104"):
        fetch(replace(FILE, mirrors=(changed,)), [gone], tmp_path)


def test_the_beginning_of_a_checksum_is_compared_too(server: FileServer, tmp_path: Path) -> None:
    url = server.put("/weights.bin", DATA)
    assert fetch(Download("weights.bin", len(DATA), FILE.sha256[:8], ()), [url], tmp_path)
    with pytest.raises(BridgeError, match="expected b0353104"):
        fetch(Download("weights.bin", len(DATA), "b0353104", ()), [url], tmp_path)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"status": 503}, "HTTP 503"),
        ({"status": 503, "reason": "\x1b[31mno\x07"}, r"HTTP 503 \[31mno\)"),
        ({"status": 416}, "HTTP 416"),
        ({"status": 302, "location": "/weights.bin"}, "HTTP 302 .*infinite loop"),
        ({"status": 302, "location": "http://[::1"}, "sends on to what is no address"),
        ({"kind": "text/html; charset=utf-8"}, "answered with a web page"),
        ({"tell_length": False}, "does not say how large"),
        ({"length": "9" * 5000}, "does not say how large"),
        ({"location": "ftp://127.0.0.1/weights.bin", "status": 302}, "sends on to ftp://"),
        ({"location": "http://example.org/weights.bin", "status": 302}, "begins with https://"),
        ({"location": "file:///etc/passwd", "status": 302}, "file:///etc/passwd' is not allowed"),
    ],
)
def test_answers_that_are_refused_say_why(
    how: dict[str, object], reason: str, server: FileServer, tmp_path: Path
) -> None:
    with pytest.raises(BridgeError, match=reason):
        fetch(FILE, [server.put("/weights.bin", DATA, **how)], tmp_path)
    assert not (tmp_path / "weights.bin").exists()


def test_what_is_told_is_one_plain_line(server: FileServer, tmp_path: Path) -> None:
    url = server.put("/weights.bin", DATA, status=302, location="/weights.bin", reason="\x1b[31m" + 5000 * "no ")
    with pytest.raises(BridgeError) as refused:
        fetch(FILE, [url], tmp_path)
    assert is_plain(str(refused.value)) and len(str(refused.value)) < 400


def test_of_an_endless_answer_no_more_is_taken_than_was_told(server: FileServer, tmp_path: Path) -> None:
    url = server.put("/weights.bin", OTHER, endless=True)
    assert fetch(ANY, [url], tmp_path).path.read_bytes() == OTHER


def test_an_answer_that_drips_counts_as_broken_off(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TIMEOUT_S", 0.2)
    slow, good = server.put("/slow.bin", DATA, drip_s=0.02), server.put("/weights.bin", DATA)
    assert fetch(FILE, [slow, good], tmp_path).url == good
    with pytest.raises(BridgeError, match=r"broke 5 times, at last: gave \d+ bytes in 0 s"):
        fetch(FILE, [slow], tmp_path)


def test_a_file_much_larger_than_expected_is_not_received(server: FileServer, tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"has 1\.3 MB there, about 1\.0 MB are expected"):
        fetch(ANY, [server.put("/weights.bin", bytes(int(1.26 * len(DATA))))], tmp_path)
    assert not files_in(tmp_path)


def test_redirects_are_followed_and_keep_the_range(server: FileServer, tmp_path: Path) -> None:
    broken_off(server, tmp_path)
    (tmp_path / "weights.bin.note").write_text(
        (tmp_path / "weights.bin.note").read_text().replace("/weights.bin", "/latest")
    )
    latest = server.put("/latest", b"moved", status=302, location="/weights.bin", ranges=False)
    assert fetch(FILE, [latest], tmp_path).path.read_bytes() == DATA
    assert [(asked.target, asked.headers.get("Range")) for asked in server.asked] == [
        ("/latest", f"bytes={CUT}-"),
        ("/weights.bin", f"bytes={CUT}-"),
    ]


def test_a_proxy_from_the_environment_is_used(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put("/weights.bin", DATA)
    monkeypatch.setenv("HTTP_PROXY", server.address)
    unreachable = f"http://localhost:{free_port()}/weights.bin"
    assert fetch(FILE, [unreachable], tmp_path).path.read_bytes() == DATA
    assert server.asked[0].target == unreachable, "the proxy was asked, with the whole address"
    monkeypatch.setenv("NO_PROXY", "localhost")
    with pytest.raises(BridgeError, match="localhost: Connection refused"):
        fetch(FILE, [unreachable], tmp_path)


def test_offline_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BridgeError) as told:
        fetch(FILE, ["https://no-such-host.invalid/weights.bin"], tmp_path)
    assert str(told.value).startswith("weights.bin: could not be had (no-such-host.invalid: ")
    assert "check the connection" in str(told.value) and "\n" not in str(told.value)


def test_a_full_disk_is_told_beforehand(server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = server.put("/weights.bin", DATA)
    usage = shutil.disk_usage(tmp_path)._replace(free=len(DATA))
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(BridgeError, match=r"weights\.bin needs 3 MB there, 1 MB are free"):
        fetch(FILE, [url], tmp_path)
    assert not server.asked


def test_the_note_is_about_the_file_that_the_part_is_of(server: FileServer, tmp_path: Path) -> None:
    url = broken_off(server, tmp_path)
    note = json.loads((tmp_path / "weights.bin.note").read_text())
    assert note == {"url": url, "validator": '"one"', "bytes": len(DATA)}
