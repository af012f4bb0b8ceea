"""The same survey over a real Ray cluster on this machine."""

from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.training import ray_cluster
from deepsing_bridge.training.sampling import SampleStore, Survey, collect, sample_space
from tests.colours import Colours, see

pytest.importorskip("ray", reason='needs Ray (pip install "deepsing-bridge[ray]")')


def prepare() -> Survey:
    return Survey(Colours(), see, samples_per_class=5, seed=3)


@pytest.mark.slow
def test_a_cluster_sees_what_one_process_would_have_seen(tmp_path: Path) -> None:
    store, told = SampleStore.of(prepare(), tmp_path, {}), []
    ray_cluster.fill(prepare, prepare(), store, "local", progress=lambda done, total: told.append((done, total)))
    alone = sample_space(Colours(), see, 5, 3)
    assert np.array_equal(collect(prepare(), store).valence, alone.valence)
    assert told[-1] == (2, 2)


@pytest.mark.parametrize("port", ["1", "70000", "9" * 5000])
def test_a_cluster_that_is_not_there_is_told(port: str, tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="no cluster there"):
        ray_cluster.fill(prepare, prepare(), SampleStore.of(prepare(), tmp_path, {}), f"127.0.0.1:{port}")
