"""A request → its answer. Knows websockets' requests and responses, but no sockets and no threads."""

import json
import re
from http import HTTPStatus

from websockets import Headers, Request, Response

from ...live.hub import Hub
from ..osc.subscribers import Address, AnswerLimit
from ..token import Token
from .access import is_from_here, is_here, may_ask, without_token
from .tree import Here, respond

MOST_EACH = 200  # requests of one host in a second; who asks for each parameter by itself, over and over, has fewer
PLAIN, JSON = "text/plain; charset=utf-8", "application/json"
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")


class Requests:
    """`refused`: those answered with an error."""

    def __init__(self, hub: Hub, token: Token | None = None) -> None:
        self.refused = 0
        self._hub, self._token = hub, token
        self._limit = AnswerLimit(each=MOST_EACH)

    def answer(self, request: Request, client: Address, here: Here) -> Response | None:
        """None: a websocket is asked for, and may be had."""
        if not self._limit.allows(client[:1], self._hub.clock.now()):
            return refusal(429, f"at most {MOST_EACH} requests of one machine are answered in a second")
        headers = request.headers
        hosts, origins = headers.get_all("Host"), headers.get_all("Origin")
        host = hosts[0] if hosts else None
        if len(hosts) > 1 or not is_here(host):
            return refusal(403, "this name is not this machine's")
        if len(origins) > 1 or not is_from_here(origins[0] if origins else None, host):
            return refusal(403, "a page of another machine may not ask")
        target, given = without_token(request.path)
        if not may_ask(self._token, client[0], headers.get_all("Authorization"), given):
            return refusal(401, "this bridge wants a token", ("WWW-Authenticate", "Bearer"))
        if request.method != "GET":
            return refusal(501, "only GET is answered")
        return None if _wants_websocket(headers) else self._get(target, here)

    def _get(self, target: str, here: Here) -> Response:
        status, node = respond(self._hub.vocabulary, self._hub.snapshot, target, here)
        if status >= 400:
            return refusal(status)
        return _response(status, JSON, json.dumps(node).encode() if node is not None else b"")

    def count(self, response: Response) -> None:
        self.refused += response.status_code >= 400


def head_of(data: bytes) -> bytes:
    """A request down to its empty line, without what follows; nothing as long as that is not there."""
    end = _EMPTY_LINE.search(data)
    return data[: end.end()] if end else b""


def refusal(status: int, text: str = "", *more: tuple[str, str]) -> Response:
    return _response(status, PLAIN, f"{status} {text or HTTPStatus(status).phrase}\n".encode(), *more)


def _response(status: int, kind: str, body: bytes, *more: tuple[str, str]) -> Response:
    """The last one of its connection."""
    headers = Headers(
        [("Content-Type", kind), ("Content-Length", str(len(body))), ("Connection", "close"), *more],
    )
    return Response(status, HTTPStatus(status).phrase, headers, body)


def _wants_websocket(headers: Headers) -> bool:
    return any("websocket" in value.lower() for value in headers.get_all("Upgrade"))
