"""A soak's figures as a page."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bench.controllers import Controllers
from bench.watch import MESSAGES, Frames, Position, Row

if TYPE_CHECKING:
    from bench.soak import Life, Soak

SETTLED = 0.25  # of a life: from then on memory is to be flat
FPS = 24.0


def report(seen: "Soak", position: Position | None, frames: Frames | None, devices: Controllers | None) -> str:
    return "\n".join(
        [
            *_in_all(seen, position, frames, devices),
            "",
            *_by_life(seen.lives),
            "",
            *_failed(seen.failed),
            *_gaps(frames),
        ]
    )


def _in_all(
    seen: "Soak", position: Position | None, frames: Frames | None, devices: Controllers | None
) -> Iterable[str]:
    rows = [row for life in seen.lives for row in life.rows]
    yield f"`python -m bench.soak --minutes {seen.minutes:g}`, {sum(len(life.rows) for life in seen.lives)} rows"
    yield ""
    yield "| what | measured |"
    yield "|---|---|"
    yield f"| songs put on while it played | {seen.songs} |"
    yield f"| what happened | {_counted(seen.happened)} |"
    yield f"| clients that came and went | {_counted(seen.came)} |"
    if devices:
        yield f"| a knob that the bridge heard, of those turned after a device or JACK came back | {devices.heard} of {devices.asked} |"
    if seen.code_off_s:
        yield f"| furthest from time code that was followed, each time | {', '.join(f'{1000 * off:.0f}' for off in seen.code_off_s)} ms |"
    if position:
        yield from _position(position)
    if frames and rows:
        yield f"| frames that the lasting subscriber got | {frames.frames:,}; {frames.torn} torn, {len(frames.gaps)} gaps with {frames.lost} frames |"
        yield f"| from a bridge's first answer to that subscriber's next frame | {_range(frames.returns_s, 's')} |"
    if rows:
        yield f"| load average of the machine, median and highest | {np.median([r.load for r in rows]):.1f}, {max(r.load for r in rows):.1f} |"


def _position(position: Position) -> Iterable[str]:
    long_enough = [segment for segment in position.segments if len(segment.off_s) > 4 * MESSAGES]
    if not long_enough:
        return
    late = [segment.late_s() for segment in long_enough]
    ends = [1000 * float(one[-MESSAGES:].min()) for one in late]
    every = np.abs(np.concatenate(late))
    beyond = float((every > 1 / FPS).mean())
    yield f"| position against the clock, the earliest message of the last three seconds against the first three, worst of {len(ends)} stretches | {max(ends, key=abs):+.2f} ms (a frame is {1000 / FPS:.1f} ms) |"
    yield f"| single messages of {len(every):,}: 99.9 % within, the worst, and the share later than a frame | {1000 * float(np.quantile(every, 0.999)):.1f} ms, {1000 * float(every.max()):.1f} ms, {100 * beyond:.3f} % |"


def _by_life(lives: Sequence["Life"]) -> Iterable[str]:
    yield "| life | minutes | ended | memory, MiB | threads | sockets | files | frames dropped | commands dropped | left over | take |"
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    for life in lives:
        quiet = [f"{name(life.quiet)}" for name in (_threads, _sockets, _files)]
        last = life.rows[-1] if life.rows else None
        dropped = [str(last.dropped_frames), str(last.dropped_commands)] if last else ["", ""]
        cells = [str(life.number), f"{life.seconds / 60:.1f}", life.ended, _memory(life), *quiet, *dropped]
        yield "| " + " | ".join([*cells, ", ".join(life.left_over) or "nothing", _take(life)]) + " |"


def _memory(life: "Life") -> str:
    """Mean of the first third after it settled, and of the last."""
    if not life.rows:
        return ""
    settled = [row for row in life.rows if row.seconds > SETTLED * life.planned_s]
    if len(settled) < 6:
        return f"{life.rows[-1].resident / 2**20:.0f}"
    resident = np.array([row.resident for row in settled]) / 2**20
    third = len(resident) // 3
    first, last = resident[:third].mean(), resident[-third:].mean()
    return f"{first:.1f} → {last:.1f} ({100 * (last / first - 1):+.2f} %); {resident.min():.0f} to {resident.max():.0f}"


def _threads(rows: Sequence[Row]) -> str:
    return ", ".join(str(row.threads) for row in rows)


def _sockets(rows: Sequence[Row]) -> str:
    return ", ".join(str(row.sockets) for row in rows)


def _files(rows: Sequence[Row]) -> str:
    return ", ".join(str(row.files) for row in rows)


def _take(life: "Life") -> str:
    take = life.take
    if take is None:
        return ""
    if take.problem:
        return take.problem
    kept = "all kept" if take.kept else "SOME LOST"
    return f"{take.lines} lines, {kept}; {take.scenes} scenes, {take.frames} frames, {take.damaged} clips damaged; finish: {take.finished}"


def _failed(failed: Sequence[str]) -> Iterable[str]:
    yield f"What did not go as it should: {len(failed)}"
    yield from (f"- {text}" for text in failed)


def _gaps(frames: Frames | None) -> Iterable[str]:
    if frames and frames.gaps:
        yield f"Gaps between the frames that arrived: {'; '.join(frames.gaps[:100])}"


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _range(values: Sequence[float], unit: str) -> str:
    return f"{min(values):.2f} to {max(values):.2f} {unit}, {len(values)} times" if values else "none"
