"""Scenes painted over the machines of a Ray cluster (an extra: `pip install "deepsing-bridge[ray]"`).

The plan is sent once to each machine, a few megabytes; each actor loads its models once, on a core or a GPU of its own,
and a clip comes back as its bytes, which are written here. So only this machine needs the story's folder and the song,
and every one the project and its models; with footage that is stylized, the footage too, at the same path.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from ..core.device import resolved
from ..core.errors import BridgeError
from ..core.files import write_bytes
from ..core.types import Progress, no_progress
from ..training.ray_cluster import connected
from .scene_workers import Clip
from .scenes import SceneJob, ScenePainter

RETRIES = 3  # of a scene, where the process or the machine that paints it is lost


class SceneActor:
    """One process of the cluster, with the models in its memory from its first scene on."""

    def __init__(self, job: SceneJob) -> None:
        self._job = job

    @cached_property
    def _painter(self) -> ScenePainter:
        return ScenePainter(self._job)

    def paint(self, index: int, clip: Path) -> tuple[Path, bytes]:
        """`clip`, and the bytes that are to be there, of scene number `index`."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / clip.name
            self._painter.paint(index, path)
            return clip, path.read_bytes()


def paint_all(job: SceneJob, clips: Sequence[Clip], address: str, progress: Progress = no_progress) -> None:
    """Have `clips` painted by the cluster at `address`; "local" starts one here. `progress` counts clips.

    An actor takes a GPU where the models of `job` work on one, else a core; as many are started as there is room for.
    Raises BridgeError where Ray is not installed, there is no cluster, or a clip cannot be painted; those that are done
    by then stay.
    """
    if not clips:
        return
    ray = connected(address)
    try:
        resource, gpus = ("GPU", 1) if resolved(job.models.device).startswith("cuda") else ("CPU", 0)
        room = int(ray.cluster_resources().get(resource, 0))
        if room < 1:
            raise BridgeError(f"ray {address}: no machine there has a free {'GPU' if gpus else 'core'}")
        again = {"max_restarts": RETRIES, "max_task_retries": RETRIES}
        alike = {"env_vars": {"OMP_NUM_THREADS": str(job.threads)}}  # Ray would have it be one, which rounds otherwise
        actor, sent = ray.remote(num_cpus=1, num_gpus=gpus, runtime_env=alike, **again)(SceneActor), ray.put(job)
        pool = ray.util.ActorPool([actor.remote(sent) for _ in range(min(room, len(clips)))])
        painted = pool.map_unordered(lambda worker, clip: worker.paint.remote(*clip), list(clips))
        for done, (path, data) in enumerate(painted, 1):
            write_bytes(path, data)
            progress(done, len(clips))
    except ray.exceptions.RayError as error:
        cause = getattr(error, "cause", None)
        sentence = str(cause) if isinstance(cause, BridgeError) else f"ray {address}: {str(error).splitlines()[0]:.200}"
        raise BridgeError(f"{sentence}; the same command goes on") from error
    finally:
        ray.shutdown()
