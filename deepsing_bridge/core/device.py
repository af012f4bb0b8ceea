"""Where a large model works, how precisely, and how what it made comes back from there: once, and not waited for before
it is wanted."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn

from .errors import BridgeError
from .memory import told_if_short

Model = TypeVar("Model", bound=nn.Module)
PRECISIONS = ("float32", "bfloat16")
AUTO = "auto"
"""The name of the best device that is there."""


@dataclass(frozen=True)
class Device:
    """`name` as torch has it: cpu, cuda, cuda:1, mps. `half`: in bfloat16, wherever torch holds that to be safe."""

    name: str = "cpu"
    half: bool = False

    @staticmethod
    def of(name: str, precision: str = "float32") -> "Device":
        """Raises BridgeError for a device that this machine or this torch does not have."""
        if precision not in PRECISIONS:
            raise BridgeError(f"precision {precision!r}: expected one of {', '.join(PRECISIONS)}")
        found = resolved(name)
        try:
            torch.zeros(1, device=found)
        except (RuntimeError, AssertionError, NotImplementedError) as error:
            there = ", ".join(available())
            raise BridgeError(f"device {name!r}: not there, or not for this build of torch; there: {there}") from error
        return Device(found, precision == "bfloat16")

    @property
    def dtype(self) -> torch.dtype:
        """What pictures and features are computed in."""
        return torch.bfloat16 if self.half else torch.float32

    def place(self, model: nn.Module) -> nn.Module:
        """`model` there, channels last, which convolutions are faster with. Raises BridgeError where it has no room."""
        with told_if_short(f"the models on {self.name}"):
            return model.to(self.name).to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def own(self, model: Model) -> Model:
        """`model` there, in float32: a copy where it has to move, since others may share it."""
        return model if self.name == "cpu" else copy.deepcopy(model).to(self.name)

    def bring(self, tensor: Tensor) -> Tensor:
        """`tensor` there: itself if it is. CUDA copies what comes from the CPU before it goes on, and does not wait for
        what it is doing; Metal would read it later."""
        return tensor.to(self.name, non_blocking=self.name.startswith("cuda"))


CPU = Device()


def resolved(name: str) -> str:
    """AUTO as what is there: a CUDA card, else Apple's, else the CPU. Any other name as it is."""
    if name != AUTO:
        return name
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def crossing(tensor: Tensor) -> Callable[[], Tensor]:
    """`tensor` begins to cross to the CPU, behind what its device has to do before; what is returned waits for it.

    From a CUDA card into memory that is pinned, which torch keeps and gives out again.
    """
    if tensor.device.type != "cuda":
        there = tensor.cpu()
        return lambda: there
    pinned = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True)
    pinned.copy_(tensor, non_blocking=True)
    arrived = torch.cuda.Event(blocking=True)  # the processor is for others while it waits
    arrived.record(torch.cuda.current_stream(tensor.device))

    def wait() -> Tensor:
        arrived.synchronize()
        return pinned

    return wait


def available() -> list[str]:
    """The names of what is there."""
    found = [f"cuda:{number}" for number in range(torch.cuda.device_count())]
    return ["cpu", *found, *(["mps"] if torch.backends.mps.is_available() else [])]
