import os
import stat

import pytest

from deepsing_bridge.client import load_keys
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.protocols.zeromq import keys


def test_the_client_s_key_is_among_those_that_the_server_allows(tmp_path):
    keys.make(tmp_path)
    allowed, own = keys.load(tmp_path), load_keys(tmp_path)
    assert own.public in allowed.clients
    assert allowed.secret != own.secret


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_secret_files_can_be_read_by_their_owner_alone(tmp_path):
    os.umask(umask := os.umask(0o022))
    for path in keys.make(tmp_path):
        private = path.name.endswith("_secret")
        assert stat.S_IMODE(path.stat().st_mode) == (0o600 if private else 0o644 & ~umask), path
    assert {path.name for path in tmp_path.iterdir()} == {
        "server.key",
        "server.key_secret",
        "client.key_secret",
        "clients",
    }


def test_public_files_hold_no_secret(tmp_path):
    for path in keys.make(tmp_path):
        assert ("secret-key" in path.read_text()) == path.name.endswith("_secret")


@pytest.mark.parametrize("name", ["server.key_secret", "server.key", "client.key_secret", "clients/client.key"])
def test_nothing_is_ever_overwritten(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    with pytest.raises(BridgeError, match="never overwritten"):
        keys.make(tmp_path)
    assert [(p.name, p.read_text()) for p in tmp_path.rglob("*") if p.is_file()] == [(path.name, "mine")]


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BridgeError, match="cannot be written"):
        keys.make(tmp_path / "file" / "keys")


def test_keys_that_are_missing_or_spoiled_are_named(tmp_path):
    with pytest.raises(BridgeError, match=r"server\.key_secret: no such key"):
        keys.load(tmp_path)
    keys.make(tmp_path)
    (tmp_path / "clients" / "client.key").write_text('curve\n    public-key = "' + "\xa7" * 40 + '"\n')
    with pytest.raises(BridgeError, match=r"client\.key: not a public CURVE key"):
        keys.load(tmp_path)
    (tmp_path / "clients" / "client.key").unlink()
    with pytest.raises(BridgeError, match="nobody could connect"):
        keys.load(tmp_path)
    (tmp_path / "client.key_secret").write_text((tmp_path / "server.key").read_text())
    with pytest.raises(ValueError, match="not a secret CURVE key"):
        load_keys(tmp_path)


def test_a_secret_is_not_shown(tmp_path):
    keys.make(tmp_path)
    allowed, own = keys.load(tmp_path), load_keys(tmp_path)
    assert allowed.secret.decode() not in repr(allowed)
    assert own.secret.decode() not in repr(own)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with a name")
def test_what_is_no_plain_file_is_not_waited_for(tmp_path):
    keys.make(tmp_path)
    os.mkfifo(tmp_path / "clients" / "a.key")
    with pytest.raises(BridgeError, match=r"a\.key: not a file"):
        keys.load(tmp_path)
