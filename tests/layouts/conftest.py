"""A bridge without a song, for the programs that open a layout."""

from collections.abc import Iterator

import pytest

from tests.process import Bridge, bridge


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    with bridge(tmp_path_factory.mktemp("bridge"), "--no-midi", "--size", "64x64", "--fps", 5) as running:
        yield running
