"""The doctor finds what is there, and says what is not."""

import os
import socket

import pytest
from typer.testing import CliRunner

from deepsing_bridge.app import doctor
from deepsing_bridge.app.config import Ports
from deepsing_bridge.app.doctor import Check, examine
from deepsing_bridge.cli import app
from deepsing_bridge.core.invocation import extra
from deepsing_bridge.protocols.video import sink


def found(what: str) -> Check:
    return next(check for check in examine() if check.what == what)


def test_everything_needed_is_there_in_an_environment_where_the_tests_run() -> None:
    missing = [check for check in examine() if check.needed and not check.ok]
    assert missing == []
    assert found("embedded-generator.safetensors").detail.startswith("sha256")


def test_a_taken_port_is_named_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setattr(doctor, "Ports", lambda: Ports(osc=port))
        check = found(f"port {port}")
    assert not check.ok
    assert "OSC" in check.detail and "another port" in check.detail


def test_a_weight_file_that_is_not_the_listed_one_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.weights, "manifest", lambda *folder: {"nothing.safetensors": {}})
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "no   nothing.safetensors" in result.stdout


@pytest.mark.skipif(os.name != "posix", reason="elsewhere the servers do not share either")
def test_a_port_whose_last_connection_has_just_ended_is_free_as_it_is_for_the_servers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            server.accept()[0].close()  # who closes first has the port in TIME_WAIT
            assert client.recv(1) == b""
        monkeypatch.setattr(doctor, "Ports", lambda: Ports(commands=port))
        assert not found(f"port {port}").ok
    assert found(f"port {port}").ok


def test_each_video_output_is_there_or_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sink.sys, "platform", "linux")
    monkeypatch.setattr(sink, "find_spec", lambda name: None)
    details = {check.what: check.detail for check in doctor._video_outputs()}
    assert details == {
        "serve --ndi": f"--ndi: cyndilib is not installed; {extra('ndi')} brings it",
        "serve --spout": "--spout: SpoutGL works on Windows only; --ndi works everywhere",
        "serve --syphon": "--syphon: syphon-python works on macOS only; --ndi works everywhere",
        "serve --camera": f"--camera: pyvirtualcam is not installed; {extra('camera')} brings it",
    }
