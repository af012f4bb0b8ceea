"""An address → a file, in as many goes as it takes.

What has arrived waits in NAME.part, and NAME.note says which version of which address it is a part of. It is gone
on with only if the server still has that version, so that a file is never two halves of different ones. Proxies
are taken from the environment (HTTPS_PROXY, NO_PROXY, …). Knows nothing of what is in the file.
"""

import json
import math
import re
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from ssl import SSLError
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from ..core import json_text
from ..core.errors import MOST_QUOTED, BridgeError
from ..core.files import sha256, write_text
from ..core.plain_text import plain
from ..core.types import Progress, no_progress
from ..core.version import __version__
from .catalogue import Download, checked_url

TIMEOUT_S = 30.0
CHUNK = 1 << 18
SLOWEST = 1_000  # bytes a second: what comes more slowly takes days
SLACK = 1.25  # a file may be so many times larger than the catalogue says, and no more
GOES = 5  # at one address, as long as each brings something


class _Failed(Exception):
    """This address did not give the file; the message says why, and goes on a list."""


class _Interrupted(_Failed):
    """The connection broke, and what has arrived can be gone on with."""


class _Stale(_Failed):
    """What has arrived is of another version than the server has: to be begun again."""


@dataclass(frozen=True)
class _Note:
    """Which version of what a part is of: `validator` is the server's ETag or Last-Modified, `bytes` the whole size."""

    url: str
    validator: str
    bytes: int


@dataclass(frozen=True)
class Fetched:
    """A complete file, where it came from, and its sha256."""

    path: Path
    url: str
    sha256: str


def fetch(file: Download, urls: Sequence[str], folder: Path, progress: Progress = no_progress) -> Fetched:
    """`file` from the first of `urls` that gives it, or one of its mirrors, into `folder`, under its own name.
    `progress` counts bytes.

    Raises BridgeError if none does, with each one's reason, or if the file is not the one that is listed. An
    interrupted download stays as a part, and the same call goes on with it.
    """
    _refuse_full_disk(file, folder)
    mirrored = ((mirror, url) for mirror in file.mirrors for url in mirror.urls)
    reasons = []
    for there, url in [*((file, url) for url in urls), *mirrored]:
        try:
            return _take(there, url, _fetch_part(url, folder / file.name, there.bytes, progress))
        except _Failed as failure:
            said = " ".join(plain(str(failure)).split())[:MOST_QUOTED]  # a server's own words may be in it
            reasons.append(f"{urlsplit(url).hostname}: {said}")
    advice = "check the connection and run the same command again, or bring the file and use --from"
    raise BridgeError(f"{file.name}: could not be had ({'; '.join(reasons) or 'no address is known'}); {advice}")


def _refuse_full_disk(file: Download, folder: Path) -> None:
    free, needed = shutil.disk_usage(folder).free, 2 * file.bytes  # the file, and what it is converted to
    if free < needed:
        there = f"{math.ceil(needed / 1e6)} MB there, {free // 1_000_000} MB are free"
        raise BridgeError(f"{folder}: {file.name} needs {there}")


def _take(file: Download, url: str, part: Path) -> Fetched:
    """Give a complete part its name, if it is the file that is listed."""
    found = sha256(part)
    part.with_suffix(".note").unlink()
    if not found.startswith(file.sha256):
        part.unlink()
        raise _Failed(f"not the file that the catalogue lists (sha256 {found[:12]}…, expected {file.sha256[:12]}…)")
    return Fetched(part.replace(part.with_suffix("")), url, found)


def _fetch_part(url: str, path: Path, about_bytes: int, progress: Progress) -> Path:
    """All of it, as a part still: in several goes, as long as each of them brings something."""
    part, note, broke = _beside(path, ".part"), _beside(path, ".note"), ""
    for _ in range(GOES):
        before = _size(part)
        try:
            _go(url, part, note, about_bytes, progress)
        except _Interrupted as error:
            if _size(part) <= before:
                raise
            broke = f", at last: {error}"
            continue
        except _Stale:
            part.unlink(missing_ok=True)
            continue
        return part
    raise _Interrupted(f"the connection broke {GOES} times{broke}")


def _go(url: str, part: Path, note: Path, about_bytes: int, progress: Progress) -> None:
    known = _read_note(note, url) if part.exists() else None
    if known and _size(part) == known.bytes:
        return  # it was complete, and only its name was still to be changed
    try:
        with _open(url, _size(part), known) as answer:
            start = _start(answer, _size(part), known)
            total = start + _length(answer, about_bytes)
            if not start:
                part.unlink(missing_ok=True)  # before the note speaks of another version
            write_text(note, json.dumps(asdict(_Note(url, _validator(answer), total))))
            _receive(answer, part, start, total, progress)
    except HTTPError as error:
        raise (_Stale if error.code == 416 and known else _Failed)(f"HTTP {error.code} {error.reason}") from error
    except (URLError, HTTPException, TimeoutError, ConnectionError, SSLError) as error:
        raise _Interrupted(_why(error)) from error
    except OSError as error:
        raise BridgeError(f"{part}: cannot be written ({error.strerror}); what has arrived is kept") from error


def _open(url: str, have: int, known: _Note | None) -> HTTPResponse:
    request = Request(checked_url(url), headers={"User-Agent": f"deepsing-bridge/{__version__}"})
    request.add_header("Accept-Encoding", "identity")
    if known and have:
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", known.validator)
    try:
        answer: HTTPResponse = _opener().open(request, timeout=TIMEOUT_S)
    except ValueError as error:
        raise _Failed(f"sends on to what is no address ({error})") from error
    if answer.headers.get_content_type() == "text/html":
        raise _Failed("answered with a web page instead of the file")
    return answer


def _start(answer: HTTPResponse, have: int, known: _Note | None) -> int:
    """Where in the file the answer begins: at `have` if it goes on with the very same version, else at 0."""
    if answer.status != 206 or not known:
        return 0
    if answer.headers.get("Content-Range") != f"bytes {have}-{known.bytes - 1}/{known.bytes}":
        raise _Stale("went on with another part of the file than was asked for")
    if _validator(answer) not in ("", known.validator):
        raise _Stale("went on with another version of the file")
    return have


def _length(answer: HTTPResponse, about_bytes: int) -> int:
    """How many bytes the answer has. A file much larger than expected is refused before it is received."""
    length = answer.headers.get("Content-Length", "")
    if not re.fullmatch(r"\d{1,18}", length, re.ASCII):
        raise _Failed("does not say how large the file is")
    if int(length) > SLACK * about_bytes:
        raise _Failed(f"has {int(length) / 1e6:.1f} MB there, about {about_bytes / 1e6:.1f} MB are expected")
    return int(length)


def _receive(answer: HTTPResponse, part: Path, start: int, total: int, progress: Progress) -> None:
    """Never more than was told: what comes in chunks may be endless. What comes too slowly counts as broken off, since
    another address may do better."""
    done, looked_at, before = start, time.monotonic(), start
    with part.open("ab") as file:
        while done < total and (chunk := answer.read1(min(CHUNK, total - done))):
            file.write(chunk)
            done += len(chunk)
            progress(done, total)
            if (now := time.monotonic()) - looked_at >= TIMEOUT_S:
                if done - before < SLOWEST * TIMEOUT_S:
                    raise _Interrupted(f"gave {done - before:,} bytes in {now - looked_at:.0f} s")
                looked_at, before = now, done
    if done < total:
        raise _Interrupted(f"the connection broke at {done:,} of {total:,} bytes")


def _validator(answer: HTTPResponse) -> str:
    """What If-Range takes: a strong ETag, else the time of the last change, else nothing."""
    etag = answer.headers.get("ETag", "")
    return etag if etag and not etag.startswith("W/") else answer.headers.get("Last-Modified", "")


def _read_note(note: Path, url: str) -> _Note | None:
    """The note, if it is about `url` and there is a way to ask for the same version again."""
    with suppress(BridgeError, TypeError):
        known = _Note(**json_text.read(note))
        return known if known.url == url and known.validator else None
    return None


def _why(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    return str(getattr(reason, "strerror", None) or reason) or type(error).__name__


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


class _CheckedRedirects(HTTPRedirectHandler):
    """An https address may send us on, but only to where we would have gone ourselves."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        try:
            checked_url(newurl)
        except BridgeError as error:
            raise _Failed(f"sends on to {error}") from error
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> OpenerDirector:
    return build_opener(_CheckedRedirects)
