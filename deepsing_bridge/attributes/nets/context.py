"""The context model's network: kernel ridge regression, and what some descriptors say by themselves."""

import torch
from torch import Tensor, nn

from .kernel_ridge import KernelRidge


class ContextRegressor(nn.Module):
    """Descriptors (n, d) → (n, outputs): `kernel` of them, and (x − `centre`) · `cues`.

    A kernel only says what is like its examples; cues say how an output moves with a descriptor whatever else is heard.
    `cues` is (d, outputs), mostly zeros.
    """

    cues: Tensor
    centre: Tensor

    def __init__(self, kernel: KernelRidge) -> None:
        super().__init__()
        self.kernel = kernel
        descriptors, outputs = len(kernel.mean), len(kernel.bias)
        self.register_buffer("cues", torch.zeros(descriptors, outputs))
        self.register_buffer("centre", torch.zeros(descriptors))

    @classmethod
    def of(cls, tensors: dict[str, Tensor]) -> "ContextRegressor":
        """From a state dict, of any float type."""
        prefix = "kernel."
        kernel = {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}
        net = cls(KernelRidge.of(kernel))
        net.load_state_dict({name: t for name, t in tensors.items() if name in net.state_dict()})
        return net.eval()

    def forward(self, descriptors: Tensor) -> Tensor:
        """(n, d) → (n, outputs)."""
        outputs: Tensor = self.kernel(descriptors) + self.cued(descriptors)
        return outputs

    def cued(self, descriptors: Tensor) -> Tensor:
        """What the cues alone say, (…, d) → (…, outputs)."""
        return (descriptors - self.centre) @ self.cues
