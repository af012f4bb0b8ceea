"""Where a large model works, by the name that a user gives."""

import pytest

from deepsing_bridge.core.device import Device
from deepsing_bridge.core.errors import BridgeError


def test_a_device_that_is_not_there_is_told() -> None:
    with pytest.raises(BridgeError, match=r"device 'cuda:99': not there.*there: cpu"):
        Device.of("cuda:99")
    with pytest.raises(BridgeError, match="expected one of float32, bfloat16"):
        Device.of("cpu", "float8")
    assert Device.of("cpu", "bfloat16") == Device("cpu", half=True)
