"""Where OSCQuery and OSC are, told to the network by zeroconf, which has a thread of its own."""

import asyncio
import logging
from concurrent.futures import Future
from ipaddress import ip_address

import zeroconf

from .tree import NAME

_log = logging.getLogger(__name__)


class Announcement:
    """Tells the network, by zeroconf, where OSCQuery and OSC are; bound to this machine, only this machine, by IPv4 in
    any case, since there is no IPv6 multicast on the loopback.

    A network without multicast is a warning and nothing else.
    """

    def __init__(self, host: str, port: int, osc_port: int) -> None:
        self._tasks: list[Future[None]] = []
        self._zeroconf: zeroconf.Zeroconf | None = None
        logging.getLogger("zeroconf").addFilter(_one_line)
        anywhere, heard_at = ip_address(host).is_unspecified, "127.0.0.1" if host == "::1" else host
        try:
            self._zeroconf = zeroconf.Zeroconf(zeroconf.InterfaceChoice.Default if anywhere else [heard_at])
            addresses = _outer_addresses() if anywhere else [host]
            for kind, at in (("_oscjson._tcp", port), ("_osc._udp", osc_port)):
                self._tasks.append(_announced(self._zeroconf, _service(kind, at, addresses)))
        except (OSError, zeroconf.Error) as error:
            _log.warning("OSCQuery is not announced by zeroconf: %s", error)

    def close(self) -> None:
        """Say goodbye, which takes zeroconf a quarter of a second."""
        for task in self._tasks:
            task.cancel()
        if self._zeroconf is None:
            return
        try:
            self._zeroconf.close()
        except (OSError, zeroconf.Error) as error:
            _log.warning("OSCQuery did not take back its announcement: %s", error)


def _one_line(record: logging.LogRecord) -> bool:
    """What zeroconf has to say of a network that it cannot reach, without the traceback that it adds."""
    record.exc_info = record.exc_text = None
    return True


def _announced(network: zeroconf.Zeroconf, service: zeroconf.ServiceInfo) -> "Future[None]":
    """Takes more than a second, for zeroconf asks whether the name is free; nobody waits for it."""
    assert network.loop is not None  # it runs from the constructor on
    task = asyncio.run_coroutine_threadsafe(_registered(network, service), network.loop)
    task.add_done_callback(_warn)
    return task


async def _registered(network: zeroconf.Zeroconf, service: zeroconf.ServiceInfo) -> None:
    await (await network.async_register_service(service, allow_name_change=True))


def _warn(task: "Future[None]") -> None:
    if not task.cancelled() and (error := task.exception()):
        _log.warning("OSCQuery is not announced by zeroconf: %s", error or type(error).__name__)


def _service(kind: str, port: int, addresses: list[str]) -> zeroconf.ServiceInfo:
    return zeroconf.ServiceInfo(
        f"{kind}.local.",
        f"{NAME}.{kind}.local.",
        port=port,
        parsed_addresses=addresses,
        server=f"{NAME}-{port}.local.",
        properties={"txtvers": "1"},
    )


def _outer_addresses() -> list[str]:
    found = zeroconf.get_all_addresses()  # type: ignore[attr-defined]  # exported, but not in its __all__
    return [address for address in found if not ip_address(address).is_loopback] or found
