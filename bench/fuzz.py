"""A million malformed packets against what decodes them: the result in docs/soak.md.

    python -m bench.fuzz --protocol osc --packets 1000000          # or oscquery, zeromq, midi
    python -m bench.fuzz --protocol osc --packets 1000000 --seed 7 --only 123456

Packets come from a seed: the same one, the same packets. Each goes through the real decoder and on to an engine, in
this process (bench/decoders.py); one in a hundred is sent to a running `serve` as well, by its real port (MIDI through
JACK). A packet fails if anything is raised that ends a thread of the bridge or is a fault in its log; one that takes
more than a minute ends the run with a traceback. `--only` takes one packet of a run again. Exit code 1 if any failed.
"""

import argparse
import faulthandler
import itertools
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench.decoders import DECODERS
from bench.malformed import PACKETS
from bench.ports import served
from deepsing_bridge.core.log import set_up
from deepsing_bridge.live.vocabulary import vocabulary

HANG_S = 60.0  # for BATCH packets
BATCH = 1000
SHARE = 100  # one in so many goes to a running bridge
WARM = 0.1  # of the packets, after which memory is to be flat


@dataclass
class Found:
    """What came of `packets`; `faults` by kind, each with its first packet. Times are the processor's."""

    protocol: str
    seed: int
    packets: int = 0
    refused: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    slowest_s: float = 0.0
    resident: list[int] = field(default_factory=list)  # after each batch

    def note(self, number: int, packet: object, error: BaseException) -> None:
        where = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__} in {Path(where.filename).name}:{where.lineno}"
        self.faults[kind] += 1
        self.first.setdefault(
            kind, f"packet {number}: {packet!r:.300}\n{''.join(traceback.format_exception(error)[-4:])}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--protocol", choices=sorted(DECODERS), required=True)
    parser.add_argument("--packets", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--only", type=int, help="the number of one packet: it alone, and what it raises")
    options = parser.parse_args()
    if options.only is not None:
        packet = next(itertools.islice(packets(options.protocol, options.seed), options.only, None))
        print(repr(packet))
        DECODERS[options.protocol]().hear(packet)
        return 0
    faulthandler.enable()
    set_up(as_json=False, verbose=False)
    found = fuzz(options.protocol, options.packets, options.seed)
    print(report(found), flush=True)
    sent = served(options.protocol, to_send(options.protocol, options.packets, options.seed))
    print(f"  {sent}")
    return 1 if found.faults or not sent.lives else 0


def packets(protocol: str, seed: int) -> Iterator[Any]:
    return PACKETS[protocol](vocabulary(), random.Random(f"{protocol} {seed}"))


def to_send(protocol: str, count: int, seed: int) -> Iterator[Any]:
    """One of SHARE."""
    return itertools.islice(packets(protocol, seed), 0, count, SHARE)


def fuzz(protocol: str, count: int, seed: int) -> Found:
    """`count` packets through the decoder, in this process."""
    decoder, process, found = DECODERS[protocol](), psutil.Process(), Found(protocol, seed)
    began_s = before_s = time.process_time()
    for number, packet in enumerate(itertools.islice(packets(protocol, seed), count)):
        if number % BATCH == 0:
            faulthandler.dump_traceback_later(HANG_S, exit=True)
            found.resident.append(process.memory_info().rss)
        before_s = time.process_time()
        try:
            decoder.hear(packet)
        except Exception as error:
            found.note(number, packet, error)
        found.slowest_s = max(found.slowest_s, time.process_time() - before_s)
        found.packets += 1
    faulthandler.cancel_dump_traceback_later()
    found.refused, found.seconds = decoder.refused, time.process_time() - began_s
    return found


def report(found: Found) -> str:
    warm = [memory / 2**20 for memory in found.resident[int(WARM * len(found.resident)) :]]
    lines = [
        f"{found.protocol}: {found.packets:,} packets, seed {found.seed}, {found.seconds:.0f} s of processor time",
        f"  refused with a sentence, or counted as bad: {found.refused:,}",
        f"  faults: {sum(found.faults.values())}; slowest packet {1000 * found.slowest_s:.1f} ms",
        f"  resident memory after a tenth {warm[0]:.1f} MiB, at the end {warm[-1]:.1f}, at most {max(warm):.1f}",
    ]
    lines += [f"  {count} times {kind}\n{found.first[kind]}" for kind, count in found.faults.most_common()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
