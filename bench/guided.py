"""The decoders of `bench.fuzz` under atheris, which looks for packets that reach code that no packet has reached yet.

    pip install atheris    # Linux and macOS; not among the extras, since nothing else here needs it
    python -m bench.guided osc -atheris_runs=100000 -seed=20

What comes after the protocol is for libFuzzer. It begins with packets of `bench.malformed`, ends with the first one
that fails, and writes that to a file. Of ZeroMQ, only commands: frames and events are several parts.
"""

import random
import sys
import tempfile
from itertools import islice
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["deepsing_bridge.protocols", "deepsing_bridge.live", "deepsing_bridge.core"]):
    from bench.decoders import DECODERS
    from bench.malformed import PACKETS
    from deepsing_bridge.live.vocabulary import vocabulary

BEGINNINGS = 300


def main(protocol: str, options: list[str]) -> None:
    decoder = DECODERS[protocol]()

    def hear(data: bytes) -> None:
        decoder.hear([data] if protocol == "zeromq" else data)

    with tempfile.TemporaryDirectory() as folder:
        packets = PACKETS[protocol](vocabulary(), random.Random(protocol))
        for number, packet in enumerate(islice(packets, BEGINNINGS)):
            (Path(folder) / str(number)).write_bytes(packet[0] if protocol == "zeromq" else packet)
        atheris.Setup([sys.argv[0], *options, folder], hear)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
