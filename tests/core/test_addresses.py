import pytest

from deepsing_bridge.core.addresses import host_and_port


@pytest.mark.parametrize(
    ("host", "written"),
    [("127.0.0.1", "127.0.0.1:7700"), ("::1", "[::1]:7700"), ("fe80::1%eth0", "[fe80::1%eth0]:7700")],
)
def test_an_address_is_written_as_urls_have_it(host: str, written: str) -> None:
    assert host_and_port(host, 7700) == written
