"""Which adapters a bridge has that is asked for pictures in other programs, and for a Link session."""

import pytest

from deepsing_bridge.app import adapters
from deepsing_bridge.app.config import BridgeConfig, Network, Ports, VideoOutputs
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.hub import Hub
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.link import session
from deepsing_bridge.protocols.video import sink

NO_PORTS = Ports(osc=None, oscquery=None, frames=None, commands=None)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """On Linux, with every package installed."""
    monkeypatch.setattr(sink.sys, "platform", "linux")
    for module in (sink, session):
        monkeypatch.setattr(module, "find_spec", lambda name: object())
    return Hub(vocabulary(), SystemClock())


def test_each_that_has_a_name_is_there_and_no_other(hub: Hub) -> None:
    network = Network(ports=NO_PORTS, shared_memory=None, link=True)
    config = BridgeConfig(network=network, midi=None, video=VideoOutputs(ndi="stage", camera="first"))
    senders = [adapter.describe() for adapter in adapters.senders(config, hub)]
    assert senders[1:] == ["NDI: stage", "virtual camera: first"]
    assert [adapter.describe() for adapter in adapters.intakes(config, hub)] == [
        "Ableton Link: with whoever is on this network"
    ]
    plain = BridgeConfig(network=Network(ports=NO_PORTS, shared_memory=None), midi=None)
    assert len(list(adapters.senders(plain, hub))) == 1
    assert list(adapters.intakes(plain, hub)) == []


def test_one_that_cannot_be_had_here_is_refused(hub: Hub) -> None:
    config = BridgeConfig(network=Network(ports=NO_PORTS, shared_memory=None), video=VideoOutputs(spout="stage"))
    with pytest.raises(BridgeError, match="--spout: SpoutGL works on Windows only"):
        list(adapters.senders(config, hub))
