"""A few thousand malformed packets of each protocol, from a seed; `bench.fuzz` sends a million."""

import pytest

from bench.fuzz import fuzz
from bench.malformed import PACKETS


@pytest.mark.parametrize("protocol", sorted(PACKETS))
def test_no_packet_breaks_what_decodes_it(protocol: str) -> None:
    found = fuzz(protocol, 3000, seed=7)
    assert not found.faults, found.first
    assert 500 < found.refused < 3000  # some of them mean something
