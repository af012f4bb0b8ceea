"""What `serve` makes of its options, without a bridge."""

import pytest

from deepsing_bridge.app import bridge as daemon
from deepsing_bridge.app import process
from deepsing_bridge.app.config import BridgeConfig
from deepsing_bridge.core import log
from deepsing_bridge.core.fields import Value
from deepsing_bridge.live.vocabulary import vocabulary
from tests.cli.test_cli import bridge

GIVEN: dict[str, Value] = {
    "noise": 0.7,
    "blend": 0.3,
    "view": 2,
    "style": "negative",
    "truncation": 0.5,
    "size": "320x180",
    "fps": 12.5,
}
"""A value of its own for each parameter that the command line has."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[BridgeConfig]:
    """The bridges that would have run."""
    configs: list[BridgeConfig] = []
    monkeypatch.setattr(daemon, "serve", lambda config, tell: configs.append(config) or 0)
    monkeypatch.setattr(process, "leave", lambda code: None)
    monkeypatch.setattr(log, "set_up", lambda as_json, verbose: None)
    return configs


@pytest.mark.parametrize("name", GIVEN)
def test_a_parameter_begins_where_its_option_says(name: str, asked: list[BridgeConfig]) -> None:
    assert bridge("serve", f"--{name}", GIVEN[name]).returncode == 0
    (config,) = asked
    assert config.changed[name] == GIVEN[name]


def test_options_that_are_not_given_leave_every_parameter_at_its_default(asked: list[BridgeConfig]) -> None:
    assert bridge("serve").returncode == 0
    (config,) = asked
    assert dict(config.changed) == {name: vocabulary().defaults()[name] for name in config.changed}


def test_an_address_of_ipv6_is_given_as_urls_have_it(asked: list[BridgeConfig]) -> None:
    assert bridge("serve", "--osc-send", "[::1]:9000", "--osc-send", "127.0.0.1:9001").returncode == 0
    (config,) = asked
    assert config.network.targets == (("::1", 9000), ("127.0.0.1", 9001))


@pytest.mark.parametrize(("given", "bundles"), [((), False), (("--osc-bundles",), True)])
def test_osc_comes_in_bundles_only_if_they_are_asked_for(
    given: tuple[str, ...], bundles: bool, asked: list[BridgeConfig]
) -> None:
    assert bridge("serve", *given).returncode == 0
    (config,) = asked
    assert config.network.osc_bundles is bundles
