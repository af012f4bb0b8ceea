"""The vocabulary on its page, as text and as JSON: all from the one table."""

import json
from pathlib import Path

from typer.testing import CliRunner

from deepsing_bridge.cli import app
from deepsing_bridge.live.messages import MESSAGES
from deepsing_bridge.live.parameters import PARAMETERS
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols import tables
from deepsing_bridge.protocols.osc.hosts import HOST_MESSAGES

PAGE = Path(__file__).parents[2] / "docs/protocol.md"


def test_the_page_has_the_table_as_it_is() -> None:
    assert tables.to_markdown(vocabulary()) in PAGE.read_text(encoding="utf-8"), "bridge.py vocabulary --markdown"


def test_everything_is_in_the_printed_table() -> None:
    printed = CliRunner().invoke(app, ["vocabulary"]).stdout
    for known in (*PARAMETERS, *MESSAGES, *HOST_MESSAGES):
        assert known.address in printed


def test_programs_get_the_same_as_json() -> None:
    table = json.loads(CliRunner().invoke(app, ["vocabulary", "--json"]).stdout)
    assert [parameter["name"] for parameter in table["parameters"]] == [parameter.name for parameter in PARAMETERS]
    blend = next(parameter for parameter in table["parameters"] if parameter["name"] == "blend")
    assert (blend["low"], blend["high"], blend["default"], blend["cc"]) == (0, 1, 0.1, 21)
    assert {message["address"] for message in table["messages"]} == {message.address for message in MESSAGES}
