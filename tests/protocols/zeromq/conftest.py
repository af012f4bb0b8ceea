import pytest

from deepsing_bridge.protocols.zeromq.command_server import CommandServer
from tests.protocols.zeromq.sockets import allowed, make_hub


@pytest.fixture
def hub():
    return make_hub()


@pytest.fixture
def server(hub):
    return CommandServer(hub, allowed, port=0)
