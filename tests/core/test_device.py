"""Where a large model works, by the name that a user gives."""

import pytest
import torch
from torch import nn

from deepsing_bridge.core.device import AUTO, CPU, Device, crossing, resolved
from deepsing_bridge.core.errors import BridgeError


def test_a_device_that_is_not_there_is_told() -> None:
    with pytest.raises(BridgeError, match=r"device 'cuda:99': not there.*there: cpu"):
        Device.of("cuda:99")
    with pytest.raises(BridgeError, match="expected one of float32, bfloat16"):
        Device.of("cpu", "float8")
    assert Device.of("cpu", "bfloat16") == Device("cpu", half=True)


@pytest.mark.parametrize(
    ("cuda", "metal", "found"), [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")]
)
def test_auto_is_the_best_that_is_there(cuda: bool, metal: bool, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: metal)
    assert resolved(AUTO) == found
    assert resolved("cuda:1") == "cuda:1"


def test_what_others_share_is_copied_where_it_has_to_move() -> None:
    shared = nn.Linear(2, 2)
    assert CPU.own(shared) is shared
    assert Device("meta").own(shared).weight.device.type == "meta"
    assert shared.weight.device.type == "cpu"


def test_models_that_a_device_has_no_room_for_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(self: nn.Module, *args: object, **kwargs: object) -> nn.Module:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr(nn.Linear, "to", no_room)
    with pytest.raises(BridgeError, match=r"not enough memory for the models on cuda.*Tried to allocate"):
        Device("cuda").place(nn.Linear(2, 2))


def test_what_crosses_is_what_arrives() -> None:
    numbers = torch.arange(6).view(2, 3)
    assert torch.equal(crossing(numbers)(), numbers)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA card")
def test_what_crosses_from_a_card_is_pinned_and_whole() -> None:
    numbers = torch.arange(1_000_000, device="cuda")
    waits = [crossing(numbers + step) for step in range(3)]
    for step, wait in enumerate(waits):
        assert wait().is_pinned() and torch.equal(wait(), torch.arange(1_000_000) + step)
