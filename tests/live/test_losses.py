"""What is lost and what fails, of all outputs together."""

from deepsing_bridge.live.losses import Losses


def test_of_each_the_newest_total_counts_and_those_that_fail_are_named() -> None:
    losses = Losses()
    assert (losses.lost, losses.failing) == (0, "")
    losses.report("recording", 3, failing=True)
    losses.report("OSC", 2)
    losses.report("shared memory", 1, failing=True)
    assert (losses.lost, losses.failing) == (6, "recording, shared memory")
    losses.report("recording", 5)
    assert (losses.lost, losses.failing) == (8, "shared memory")
