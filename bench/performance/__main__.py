"""`make bench`, or

python -m bench.performance [--rows biggan,wct] [--rounds 5] [--threads N] [--device cuda] [--json FILE] [--page FILE]
"""

import argparse
import json
import os
import platform
import statistics
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from bench.performance.compare import Figure, measure
from bench.performance.rows import ROWS
from deepsing_bridge.core.device import Device

HEADS = ("what", "way", "plain, s", "ours, s", "ratio", "of rounds", "differs by", "memory, MB")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", default=",".join(ROWS), help="which, separated by commas")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options.add_argument("--device", default="cpu")
    options.add_argument("--json", type=Path)
    options.add_argument("--page", type=Path)
    given = options.parse_args()
    torch.set_num_threads(given.threads)
    device = Device.of(given.device)
    wait = torch.cuda.synchronize if given.device.startswith("cuda") else lambda: None
    figures: list[Figure] = []
    for name in given.rows.split(","):
        for row in ROWS[name](device):
            found = measure(row, given.rounds, wait)
            figures += found
            print(*("  ".join(cells(figure)) for figure in found), sep="\n", flush=True)
    about = {"machine": machine(given.threads, given.device), "rounds": given.rounds, "load": os.getloadavg()[0]}
    if given.json:
        given.json.write_text(json.dumps(about | {"figures": list(map(asdict, figures))}, indent=1) + "\n")
    if given.page:
        given.page.write_text(page(given.page.read_text(), about, figures))


def cells(figure: Figure) -> tuple[str, ...]:
    ratio = f"{statistics.median(figure.ratios):.2f}" if figure.ratios else ""
    spread = f"{min(figure.ratios):.2f} to {max(figure.ratios):.2f}" if figure.ratios else ""
    plain = _seconds(figure.plain_s) if figure.plain_s is not None else ""
    differs = f"{figure.differs:.2g} {figure.unit}" if figure.differs is not None else ""
    memory = f"{figure.memory_mb:.0f}" if figure.memory_mb is not None else ""
    return figure.row, figure.way, plain, _seconds(figure.ours_s), ratio, spread, differs, memory


def _seconds(seconds: float) -> str:
    """To three figures: rows go from tens of microseconds to minutes."""
    return np.format_float_positional(seconds, 3, fractional=False, trim="-")


BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def page(text: str, about: dict[str, object], figures: list[Figure]) -> str:
    """`text` with the figures between its two marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    rows = [HEADS, ("---",) * len(HEADS), *map(cells, figures)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    said = f"{about['machine']}; {about['rounds']} rounds; load {about['load']:.1f} at the end."
    return f"{before}{BEGIN}\n{said}\n\n{table}\n{END}{after}"


def machine(threads: int, device: str) -> str:
    where = torch.cuda.get_device_name(device) if device.startswith("cuda") else _processor()
    return f"{where}, {threads} threads, torch {torch.__version__}"


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in facts.read_text().splitlines() if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    main()
