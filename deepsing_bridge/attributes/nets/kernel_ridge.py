"""Kernel ridge regression at run time: what is like an example is rated like it. Knows nothing of what is rated."""

import torch
from torch import Tensor, nn

LIMIT = 3.0  # standard deviations; what is further out is no stranger than that


class KernelRidge(nn.Module):
    """Descriptors (n, d) → (n, outputs): `bias` + Σ over examples of answer / (1 + ‖x − example‖²).

    That is scikit-learn's `KernelRidge` with the rational quadratic kernel of alpha 1 and length scale √½. A bell would
    be 0 at some distance from every example; this is not, so that what is like none of them still tends towards the
    nearer ones.

    x is the descriptors less `mean`, in units of `spread`, within ±LIMIT, times `weight`, each (d,). `examples` (m, d)
    are kept as such x; `answers` (m, outputs).
    """

    mean: Tensor
    spread: Tensor
    weight: Tensor
    examples: Tensor
    answers: Tensor
    bias: Tensor

    def __init__(self, examples: int, descriptors: int, outputs: int = 2) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(descriptors))
        self.register_buffer("spread", torch.ones(descriptors))
        self.register_buffer("weight", torch.ones(descriptors))
        self.register_buffer("examples", torch.zeros(examples, descriptors))
        self.register_buffer("answers", torch.zeros(examples, outputs))
        self.register_buffer("bias", torch.zeros(outputs))

    @classmethod
    def of(cls, tensors: dict[str, Tensor]) -> "KernelRidge":
        """From a state dict, of any float type."""
        examples, descriptors = tensors["examples"].shape
        net = cls(examples, descriptors, tensors["answers"].shape[1])
        net.load_state_dict(tensors)
        return net.eval()

    def forward(self, descriptors: Tensor) -> Tensor:
        """(n, d) → (n, outputs)."""
        ready = ((descriptors - self.mean) / self.spread).clamp(-LIMIT, LIMIT) * self.weight
        outputs: Tensor = self.bias + (1 / (1 + torch.cdist(ready, self.examples).square())) @ self.answers
        return outputs
