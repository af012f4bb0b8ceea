"""Where a large model works, and how precisely. Its callers give and get CPU tensors of float32 wherever it is."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .errors import BridgeError

PRECISIONS = ("float32", "bfloat16")


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
        try:
            torch.zeros(1, device=name)
        except (RuntimeError, AssertionError, NotImplementedError) as error:
            there = ", ".join(available())
            raise BridgeError(f"device {name!r}: not there, or not for this build of torch; there: {there}") from error
        return Device(name, precision == "bfloat16")

    @property
    def dtype(self) -> torch.dtype:
        """What pictures and features are computed in."""
        return torch.bfloat16 if self.half else torch.float32

    def place(self, model: nn.Module) -> nn.Module:
        """`model` there, channels last, which convolutions are faster with."""
        return model.to(self.name).to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def bring(self, tensor: Tensor) -> Tensor:
        return tensor.to(self.name)

    def fetch(self, tensor: Tensor) -> Tensor:
        return tensor.float().contiguous().cpu()


CPU = Device()


def available() -> list[str]:
    """The names of what is there."""
    found = [f"cuda:{number}" for number in range(torch.cuda.device_count())]
    return ["cpu", *found, *(["mps"] if torch.backends.mps.is_available() else [])]
