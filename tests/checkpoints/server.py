"""A real HTTP server on loopback: it knows Range and If-Range, and misbehaves on request. It is a proxy as well."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


@dataclass
class Served:
    """What there is at a path. Each of `cuts` is how many bytes one answer gives before the connection closes.

    With `hold`, a connection that was cut stays open until that is set.
    """

    data: bytes
    etag: str = '"one"'
    changed: str = ""
    status: int = 200
    reason: str = ""
    kind: str = "application/octet-stream"
    location: str = ""
    ranges: bool = True
    tell_length: bool = True
    length: str = ""  # what is told in place of the true one
    cuts: list[int] = field(default_factory=list)
    hold: Event | None = None
    endless: bool = False  # comes in chunks, again and again, whatever its length was said to be
    drip_s: float = 0.0  # between one byte and the next
    shift: int = 0
    """How far beyond the place that was asked for the answer goes on: a server's bug."""


@dataclass(frozen=True)
class Asked:
    """One request: the line's target as it came, and the headers."""

    target: str
    headers: Mapping[str, str]

    @property
    def start(self) -> int:
        return int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))


class FileServer:
    """Serves `paths` from a thread for as long as it is entered; `asked` are the requests, in order."""

    def __init__(self) -> None:
        self.paths: dict[str, Served] = {}
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def put(self, path: str, data: bytes, **how: object) -> str:
        """Serve `data` at `path`; gives its address."""
        self.paths[path] = Served(data, **how)  # type: ignore[arg-type]
        return self.address + path

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = Asked(self.path, dict(self.headers))
                owner.asked.append(asked)
                served = owner.paths.get(urlsplit(self.path).path)
                if served is None:
                    self.send_error(404)
                    return
                _answer(self, served, asked)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: pytest shows what matters."""

        return Handler


def _answer(handler: BaseHTTPRequestHandler, served: Served, asked: Asked) -> None:
    start = _start(served, asked)
    if start > len(served.data) or ("Range" in asked.headers and start == len(served.data)):
        handler.send_error(416)
        return
    body = served.data[start + (served.shift if start else 0) :]
    handler.send_response(206 if start else served.status, served.reason or None)
    for name, value in _headers(served, start, body).items():
        handler.send_header(name, value)
    handler.end_headers()
    with suppress(BrokenPipeError, ConnectionResetError):  # of a client that has heard enough
        while served.endless:
            handler.wfile.write(b"%x\r\n%b\r\n" % (len(body), body))
        for byte in body if served.drip_s else b"":
            handler.wfile.write(bytes([byte]))
            time.sleep(served.drip_s)
        if not served.cuts:
            handler.wfile.write(body)
            return
        handler.wfile.write(body[: served.cuts.pop(0)])
        if served.hold:
            served.hold.wait(60)


def _start(served: Served, asked: Asked) -> int:
    """Where the answer begins: where it was asked to, unless the client's version is another one."""
    condition = asked.headers.get("If-Range")
    fresh = condition is None or condition in (served.etag, served.changed)
    return asked.start if served.ranges and fresh else 0


def _headers(served: Served, start: int, body: bytes) -> dict[str, str]:
    whole = len(served.data)
    return {
        "Content-Type": served.kind,
        **({"Content-Length": served.length or str(len(body))} if served.tell_length else {}),
        **({"Content-Range": f"bytes {start + served.shift}-{whole - 1}/{whole}"} if start else {}),
        **({"Transfer-Encoding": "chunked"} if served.endless else {}),
        **({"ETag": served.etag} if served.etag else {}),
        **({"Last-Modified": served.changed} if served.changed else {}),
        **({"Location": served.location} if served.location else {}),
    }
