"""Who is let in, as libzmq asks it (ZAP)."""

from zmq.utils import z85

from deepsing_bridge.protocols.zeromq.socket import is_allowed, zap_answer


def test_only_a_curve_client_with_a_known_key_is_allowed():
    raw = bytes(range(32))
    known = frozenset([z85.encode(raw)])
    question = [b"1.0", b"42", b"", b"127.0.0.1", b"", b"CURVE", raw]
    assert is_allowed(question, known)
    assert not is_allowed([*question[:6], bytes(32)], known)
    assert not is_allowed([*question[:5], b"NULL"], known)
    assert zap_answer(question, True)[:3] == [b"1.0", b"42", b"200"]
    assert zap_answer(question, False)[:3] == [b"1.0", b"42", b"400"]
