"""A survey over the machines of a Ray cluster (an extra: `pip install "deepsing-bridge[ray]"`).

Each worker loads the generator and the estimator once and samples one block after the other; what it saw comes back
here and is written down. So only this machine needs the store, and every one needs the project and its models.
"""

import re
import socket
from collections.abc import Callable
from typing import Any

from ..core.errors import BridgeError
from ..core.invocation import extra
from ..core.types import Progress, SentimentTrack, no_progress
from .sampling import SampleStore, Shard, Survey

Prepare = Callable[[], Survey]
"""Loads what a survey needs; called once by each worker, on its own machine."""


class Worker:
    """One process of the cluster, with the models in its memory."""

    def __init__(self, prepare: Prepare) -> None:
        self.survey = prepare()

    def estimate_block(self, block: int) -> tuple[int, SentimentTrack]:
        return block, self.survey.estimate_block(block)


def fill(
    prepare: Prepare,
    survey: Survey,
    store: SampleStore,
    address: str,
    gpus: int = 0,
    progress: Progress = no_progress,
) -> None:
    """Have every block that is not in the store sampled by the cluster at `address`; "local" starts one here.

    A worker takes a core, or `gpus` GPUs; as many are started as the cluster has room for. `progress` counts blocks.
    Raises BridgeError where Ray is not installed, or there is no cluster.
    """
    wanted = store.missing(Shard().blocks(survey))
    if not wanted:
        return
    ray = connected(address)
    try:
        room = int(ray.cluster_resources().get("GPU" if gpus else "CPU", 0)) // max(gpus, 1)
        if room < 1:
            raise BridgeError(f"ray {address}: no machine there has a free {'GPU' if gpus else 'core'}")
        actor = ray.remote(num_cpus=1, num_gpus=gpus)(Worker)
        pool = ray.util.ActorPool([actor.remote(prepare) for _ in range(min(room, len(wanted)))])
        seen = pool.map_unordered(lambda worker, block: worker.estimate_block.remote(block), wanted)
        for done, (block, track) in enumerate(seen, 1):
            store.write(block, track)
            progress(done, len(wanted))
    finally:
        ray.shutdown()


def connected(address: str) -> Any:
    """The module `ray`, connected to the cluster at `address`; "local" starts one here.

    Raises BridgeError where Ray is not installed, or there is no cluster.
    """
    try:
        import ray
        import ray.util
    except ImportError as error:
        raise BridgeError(f"Ray is not installed; {extra('ray')} brings it") from error
    try:
        _knock(address)
        ray.init(address=address, include_dashboard=False, log_to_driver=False)
    except (OSError, OverflowError, ValueError) as error:  # OverflowError: a port beyond 65535
        raise BridgeError(f"ray {address}: no cluster there ({error!s:.99}); ray start --head starts one") from error
    return ray


def _knock(address: str) -> None:
    """Raises OSError where nobody listens at HOST:PORT: Ray itself would try for minutes, then end the process."""
    host, separator, port = address.rpartition(":")
    if separator and re.fullmatch(r"\d{1,5}", port, re.ASCII):
        socket.create_connection((host, int(port)), timeout=5).close()
