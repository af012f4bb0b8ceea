"""The sentiment and a few words, drawn over a picture. Knows a surface to draw on, and no window.

Everything is in units that grow with the window, and curves are drawn three times too large and scaled down, which
makes them smooth.
"""

import math
from collections import deque
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pygame

from ..core.types import Sentiment
from .sources import Seen

INK = (240, 240, 236)
COLD, WARM = (128, 168, 255), (255, 194, 110)  # the ends of valence
REACH = 2.5  # z-scores from the middle of the plane to its edge
INSET = 0.09  # of the plane's side: room for the dot, and for words
SMOOTH = 3  # times too large
TRAIL_S, STEP_S = 6.0, 0.08  # how long a point is seen, and how often there is one
EASE_S = 0.12  # time constant of the dot on its way to a new sentiment
LONGEST_LABEL = 40  # characters
STILL = {
    "idle": "no song",
    "paused": "paused, Space plays on",
    "stopped": "stopped, Space plays",
    "ended": "ended, Space plays it again",
}

Colour = tuple[int, int, int]


class Trail:
    """Where the sentiment is and was: `points` (valence, arousal, seconds of age), the oldest first."""

    def __init__(self) -> None:
        self._past: deque[tuple[float, Sentiment]] = deque(maxlen=math.ceil(TRAIL_S / STEP_S))
        self._now_s = -math.inf
        self.here = Sentiment(0.0, 0.0)

    def move(self, to: Sentiment, now_s: float) -> None:
        """Go towards `to`; at once, if nothing was seen for long."""
        gone_s = now_s - self._now_s
        share = 1 - math.exp(-gone_s / EASE_S)
        self.here = Sentiment(
            self.here.valence + share * (to.valence - self.here.valence),
            self.here.arousal + share * (to.arousal - self.here.arousal),
        )
        self._now_s = now_s
        if not self._past or now_s - self._past[-1][0] >= STEP_S:
            self._past.append((now_s, self.here))

    @property
    def points(self) -> list[tuple[Sentiment, float]]:
        """Each with how much of it is still to be seen, from 0 (gone) to 1."""
        seen = [(point, 1 - (self._now_s - at_s) / TRAIL_S) for at_s, point in self._past]
        return [(point, left) for point, left in seen if left > 0] + [(self.here, 1.0)]


def draw(surface: pygame.Surface, seen: Seen, trail: Trail, fps: float) -> None:
    """Label, time and rate at the lower left; the plane of valence and arousal at the lower right."""
    unit = _unit(surface)
    width, height = surface.get_size()
    surface.blit(_shade(width, height), (0, 0))
    margin = round(28 * unit)
    label = "".join(filter(str.isprintable, seen.label))[:LONGEST_LABEL]
    minutes, seconds = divmod(int(max(seen.time_s, 0)), 60)
    details = text(f"{minutes}:{seconds:02d}  ·  {_activity(seen.state, fps)}", round(15 * unit), 0.75)
    bottom = height - margin
    surface.blit(details, (margin, bottom - details.get_height()))
    if label:
        name = text(label, round(34 * unit), 1.0)
        surface.blit(name, (margin, bottom - details.get_height() - name.get_height() - round(4 * unit)))
    side = round(172 * unit)
    draw_plane(surface, pygame.Rect(width - margin - side, bottom - side, side, side), trail, unit)


def _activity(state: str, fps: float) -> str:
    """A picture that stands still is sent again once a second, which is no rate to tell."""
    return STILL.get(state, f"{fps:.0f} fps")


def draw_plane(surface: pygame.Surface, box: pygame.Rect, trail: Trail, unit: float) -> None:
    """Valence from left to right, arousal upwards, the middle of `box` at 0 and its edges at 2.5."""
    surface.blit(_axes(box.width), box)
    surface.blit(_drawn_trail(box.width, trail), box)
    small, gap = round(11 * unit), round(9 * unit)
    arousal = text(f"arousal {_signed(trail.here.arousal)}", small, 0.8)
    valence = text(f"valence {_signed(trail.here.valence)}", small, 0.8)
    surface.blit(arousal, (box.left + gap, box.top + gap * 3 // 4))
    surface.blit(valence, (box.right - gap - valence.get_width(), box.bottom - gap * 3 // 4 - valence.get_height()))


def draw_hint(surface: pygame.Surface, sentence: str, strength: float) -> None:
    """A line at the top, from 0 (nothing) to 1."""
    line = text(sentence, round(14 * _unit(surface)), 0.8 * strength)
    x, y = (surface.get_width() - line.get_width()) // 2, round(18 * _unit(surface))
    back = pygame.Surface((line.get_width() + y, line.get_height() + y // 2), pygame.SRCALPHA)
    pygame.draw.rect(back, (0, 0, 0, round(120 * strength)), back.get_rect(), border_radius=back.get_height() // 2)
    surface.blit(back, (x - y // 2, y - y // 4))
    surface.blit(line, (x, y))


def draw_waiting(surface: pygame.Surface, name: str, now_s: float) -> None:
    """In the middle, breathing: that nobody is there yet, or any more."""
    surface.fill((80, 80, 80), special_flags=pygame.BLEND_MULT)
    line = text(f"waiting for {name}", round(17 * _unit(surface)), 0.75 + 0.15 * math.sin(1.6 * now_s))
    x, y = (surface.get_width() - line.get_width()) // 2, (surface.get_height() - line.get_height()) // 2
    surface.blit(line, (x, y))


def text(line: str, size: int, strength: float) -> pygame.Surface:
    """`line` in ink, from 0 (nothing) to 1."""
    drawn = _font(max(size, 9)).render(line, True, INK)
    drawn.set_alpha(round(255 * min(max(strength, 0.0), 1.0)))
    return drawn


def tone(valence: float) -> Colour:
    """Cold where valence is low, warm where it is high, ink between."""
    end, share = (WARM if valence > 0 else COLD), min(abs(valence) / 1.5, 1.0)
    red, green, blue = (round(ink + share * (far - ink)) for ink, far in zip(INK, end, strict=True))
    return red, green, blue


def place(sentiment: Sentiment, side: float) -> tuple[float, float]:
    """Where in a square of `side`, from its upper left corner; what lies outside is put on the edge."""
    across, up = (min(max(z / REACH, -1.0), 1.0) for z in (sentiment.valence, sentiment.arousal))
    half = side / 2 - INSET * side
    return side / 2 + across * half, side / 2 - up * half


def _unit(surface: pygame.Surface) -> float:
    return min(max(min(surface.get_size()) / 720, 0.6), 2.5)


def _signed(value: float) -> str:
    return f"{round(value, 1) + 0.0:+.1f}".replace("-", "−")  # + 0.0: there is no minus nought


def _drawn_trail(side: int, trail: Trail) -> pygame.Surface:
    large = side * SMOOTH
    colour = tone(trail.here.valence)
    layer = pygame.Surface((large, large), pygame.SRCALPHA)
    layer.fill((*colour, 0))
    points = [(place(point, large), left) for point, left in trail.points]
    for (start, _), (end, left) in pairwise(points):
        radius = large * (0.004 + 0.006 * left)
        _stroke(layer, (*colour, round(210 * left**1.3)), start, end, radius)
    x, y = points[-1][0]
    dot = 0.026 * large
    _glow(layer, colour, (x, y), 3 * dot)
    pygame.draw.circle(layer, (*colour, 255), (x, y), dot)
    return pygame.transform.smoothscale(layer, (side, side))


def _stroke(
    layer: pygame.Surface,
    colour: tuple[int, int, int, int],
    start: tuple[float, float],
    end: tuple[float, float],
    radius: float,
) -> None:
    """A line with round ends."""
    length = math.dist(start, end)
    if length > 0:
        across = ((end[1] - start[1]) / length * radius, (start[0] - end[0]) / length * radius)
        corners = [(start, 1), (end, 1), (end, -1), (start, -1)]
        pygame.draw.polygon(layer, colour, [(x + s * across[0], y + s * across[1]) for (x, y), s in corners])
    pygame.draw.circle(layer, colour, end, radius)


def _glow(layer: pygame.Surface, colour: Colour, at: tuple[float, float], radius: float) -> None:
    steps = 8
    for step in range(steps):
        halo = pygame.Surface((2 * radius, 2 * radius), pygame.SRCALPHA)
        halo.fill((*colour, 0))
        pygame.draw.circle(halo, (*colour, 9), (radius, radius), radius * (1 - step / steps))
        layer.blit(halo, (at[0] - radius, at[1] - radius))


@lru_cache(maxsize=4)
def _axes(side: int) -> pygame.Surface:
    """The empty plane: a dark plate, both axes, and rings at one and two standard deviations."""
    large = side * SMOOTH
    plate = pygame.Surface((large, large), pygame.SRCALPHA)
    pygame.draw.rect(plate, (0, 0, 0, 128), plate.get_rect(), border_radius=large // 18)
    lines = pygame.Surface((large, large), pygame.SRCALPHA)
    lines.fill((*INK, 0))
    middle, inset = large / 2, INSET * large
    pygame.draw.rect(lines, (*INK, 40), lines.get_rect(), SMOOTH, border_radius=large // 18)
    for ring in (1, 2):
        pygame.draw.circle(lines, (*INK, 80), (middle, middle), ring / REACH * (middle - inset), SMOOTH)
    pygame.draw.line(lines, (*INK, 120), (inset, middle), (large - inset, middle), SMOOTH)
    pygame.draw.line(lines, (*INK, 120), (middle, inset), (middle, large - inset), SMOOTH)
    plane = pygame.transform.smoothscale(plate, (side, side))
    plane.blit(pygame.transform.smoothscale(lines, (side, side)), (0, 0))
    return plane


@lru_cache(maxsize=2)
def _shade(width: int, height: int) -> pygame.Surface:
    """Darker towards the lower edge, so that words can be read on any picture."""
    column = pygame.Surface((1, height), pygame.SRCALPHA)
    for y in range(height):
        depth = max((y / height - 0.6) / 0.4, 0.0)
        column.set_at((0, y), (0, 0, 0, round(150 * depth**1.5)))
    return pygame.transform.scale(column, (width, height))


@lru_cache(maxsize=16)
def _font(size: int) -> pygame.font.Font:
    pygame.font.init()
    return pygame.font.Font(_font_file(), size)


@lru_cache(maxsize=1)
def _font_file() -> Path | None:
    """DejaVu Sans, which comes with matplotlib; None is pygame's own, bolder one."""
    found = find_spec("matplotlib")
    for folder in (found and found.submodule_search_locations) or ():
        path = Path(folder) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
        if path.is_file():
            return path
    return None
