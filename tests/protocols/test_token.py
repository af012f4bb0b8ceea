"""The token: what is one, who has to know it, and that it is not told."""

from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.protocols.token import MOST_HOSTS, KnownHosts, Token, is_this_machine

SECRET = "correct-horse-7"


@pytest.mark.parametrize("text", ["", "short", "with a space in it", "con-acento-é", "x" * 129, "line\nbreak-in-it"])
def test_what_cannot_be_one_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BridgeError, match="expected 12 to 128") as refused:
        Token(text)
    assert not text or text not in str(refused.value)


def test_it_is_read_from_a_file_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{SECRET}\n")
    token = Token.read(tmp_path / "token")
    assert token.fits(SECRET)
    assert not token.fits(SECRET[:-1])
    assert not token.fits(f"{SECRET}é\udc80")
    assert SECRET not in repr(token)
    with pytest.raises(BridgeError, match="cannot be read"):
        Token.read(tmp_path / "none")


def test_another_machine_speaks_once_it_has_given_it() -> None:
    hosts = KnownHosts(Token(SECRET))
    assert hosts.may_speak("127.0.0.1") and hosts.may_speak("::1")
    assert not hosts.may_speak("192.0.2.7")
    with pytest.raises(BridgeError, match="not the one"):
        hosts.give("192.0.2.7", SECRET.upper())
    assert not hosts.may_speak("192.0.2.7")
    hosts.give("192.0.2.7", SECRET)
    assert hosts.may_speak("192.0.2.7")
    assert not hosts.may_speak("192.0.2.8")


def test_as_many_are_remembered_as_there_is_room_for() -> None:
    hosts = KnownHosts(Token(SECRET))
    for number in range(MOST_HOSTS + 1):
        hosts.give(f"10.0.{number // 256}.{number % 256}", SECRET)
    assert not hosts.may_speak("10.0.0.0")
    assert hosts.may_speak("10.0.0.1") and hosts.may_speak("10.0.1.0")


def test_without_one_everybody_speaks() -> None:
    hosts = KnownHosts(None)
    hosts.give("192.0.2.7", "anything")
    assert hosts.may_speak("192.0.2.8")


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("::ffff:10.0.0.1", False)],
)
def test_loopback_is_this_machine(host: str, here: bool) -> None:
    assert is_this_machine(host) == here
