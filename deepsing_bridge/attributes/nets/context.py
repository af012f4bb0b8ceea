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
        examples, descriptors = tensors["kernel.examples"].shape
        net = cls(KernelRidge(examples, descriptors, len(tensors["kernel.bias"])))
        net.load_state_dict({name: tensor for name, tensor in tensors.items() if name in net.state_dict()})
        return net.eval()

    def forward(self, descriptors: Tensor) -> Tensor:
        """(n, d) → (n, outputs)."""
        outputs: Tensor = self.kernel(descriptors) + (descriptors - self.centre) @ self.cues
        return outputs
