"""The window: pictures, keys and the loop that draws. Runs on the main thread, as windows must on some systems."""

import logging
import os
from collections import deque
from time import monotonic

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
import numpy as np
import pygame
from numpy.typing import NDArray

from ..client import Commands
from ..core.errors import BridgeError
from ..core.invocation import command
from . import overlay
from .sources import Seen, Source
from .start import IN_A_WINDOW, Start

log = logging.getLogger(__name__)
UNSEEN = ("offscreen", "dummy")  # SDL's drivers that need no screen
START_SIZE = (720, 720)
REFRESH = 60  # times a second, at most
BACKGROUND = (10, 10, 12)
HINT = "Space plays and pauses  ·  T taps the tempo  ·  F full screen  ·  O overlay  ·  Esc quit"
HINT_S, FADE_S = 6.0, 1.5
PATIENCE_S = 1.0  # a bridge that is there has said something by then
DOUBLE_CLICK_S = 0.4
RATE_S = 2.0  # over which frames a second are counted


class Picture:
    """The newest frame as large as the surface allows, its shape kept; scaled only when something changed."""

    def __init__(self) -> None:
        self._made_of: tuple[int, tuple[int, int]] | None = None
        self._scaled: pygame.Surface | None = None

    def draw(self, surface: pygame.Surface, seen: Seen) -> pygame.Surface:
        """Gives the part of `surface` that the picture takes up, all of it if there is none."""
        surface.fill(BACKGROUND)
        if seen.pixels is None:
            return surface
        wanted = (seen.frames, surface.get_size())
        if self._scaled is None or self._made_of != wanted:
            self._scaled, self._made_of = _scaled(seen.pixels, surface.get_size()), wanted
        place = self._scaled.get_rect(center=surface.get_rect().center).clip(surface.get_rect())
        surface.blit(self._scaled, place)
        return surface.subsurface(place)


class Rate:
    """Frames a second, over the last two seconds."""

    def __init__(self) -> None:
        self._past: deque[tuple[float, int]] = deque(maxlen=round(RATE_S * REFRESH))

    def of(self, frames: int, now_s: float) -> float:
        self._past.append((now_s, frames))
        while now_s - self._past[0][0] > RATE_S:
            self._past.popleft()
        since_s, before = self._past[0]
        return (frames - before) / (now_s - since_s) if now_s > since_s else 0.0


class Controls:
    """What the keys have done: `full_screen`, `with_overlay`, `closed`; `asked`: commands for the bridge."""

    def __init__(self, start: Start = IN_A_WINDOW) -> None:
        self.full_screen, self.with_overlay = start.full_screen, not start.bare
        self.closed = False
        self.asked: list[str] = []
        self._clicked_s = -DOUBLE_CLICK_S

    def heed(self, event: pygame.event.Event, now_s: float) -> None:
        if event.type == pygame.QUIT:
            self.closed = True
        elif event.type == pygame.KEYDOWN:
            self._press(event.key)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == pygame.BUTTON_LEFT:
            self.full_screen ^= now_s - self._clicked_s < DOUBLE_CLICK_S
            self._clicked_s = now_s

    def _press(self, key: int) -> None:
        if key in (pygame.K_ESCAPE, pygame.K_q):
            self.closed = True
        elif key == pygame.K_SPACE:
            self.asked.append("toggle")
        elif key == pygame.K_t:
            self.asked.append("tap")
        elif key == pygame.K_f:
            self.full_screen = not self.full_screen
        elif key in (pygame.K_o, pygame.K_TAB):
            self.with_overlay = not self.with_overlay


class Screen:
    """All that is drawn, on whatever surface: the picture, the overlay, the hint, or that nobody is there."""

    def __init__(self, name: str, start_s: float, bare: bool = False) -> None:
        """`bare`: neither of the last two."""
        self._name, self._bare = name, bare
        self.hint(HINT, start_s)
        self._picture, self._trail, self._rate = Picture(), overlay.Trail(), Rate()

    def hint(self, line: str, now_s: float) -> None:
        """Say something for a while, at the top."""
        self._hint, self._hint_s = line, now_s

    def draw(self, surface: pygame.Surface, seen: Seen, with_overlay: bool, now_s: float) -> None:
        fps = self._rate.of(seen.frames, now_s)
        covered = self._picture.draw(surface, seen)
        if not seen.alive and not self._bare:
            overlay.draw_waiting(surface, self._name, now_s)
        elif seen.pixels is not None:
            self._trail.move(seen.sentiment, now_s)
            if with_overlay:
                overlay.draw(covered, seen, self._trail, fps)
        left_s = self._hint_s + HINT_S - now_s
        if left_s > 0 and not self._bare:
            overlay.draw_hint(surface, self._hint, min(left_s / FADE_S, 1.0))


class Presence:
    """Tells the terminal whether the bridge is there: whoever started the viewer may look there first."""

    def __init__(self, name: str, start_s: float) -> None:
        self._name, self._start_s = name, start_s
        self._told: bool | None = None

    def note(self, alive: bool, now_s: float) -> None:
        if alive == self._told or (self._told is None and not alive and now_s - self._start_s < PATIENCE_S):
            return
        self._told = alive
        log.info("watching %s" if alive else f"waiting for %s; {command('serve SONG')} starts a bridge", self._name)


def show(source: Source, commands: Commands, start: Start) -> None:
    """Draw what `source` shows until the window is closed, and send `commands` what keys ask for.

    Raises BridgeError if there is no such display.
    """
    try:
        pygame.display.init()
        _refuse_unseen()
        _refuse_missing(start.display)
        window = _opened(start.full_screen, start.display)
    except pygame.error as error:
        raise BridgeError(f"the viewer cannot open a window here: {error}") from error
    try:
        pygame.display.set_caption(f"deepsing · {source.name}")
        _loop(window, source, commands, start)
    finally:
        pygame.display.quit()


def _refuse_unseen() -> None:
    """Raises BridgeError where SDL found no screen and draws to memory instead, unasked and without a word."""
    if pygame.display.get_driver() in UNSEEN and "SDL_VIDEODRIVER" not in os.environ:
        pygame.display.quit()
        raise BridgeError("the viewer cannot open a window here: there is no display (is DISPLAY set?)")


def _refuse_missing(display: int) -> None:
    """Raises BridgeError where there are fewer displays."""
    sizes = pygame.display.get_desktop_sizes()
    if display > len(sizes):
        pygame.display.quit()
        found = ", ".join(f"{number} ({width}x{height})" for number, (width, height) in enumerate(sizes, 1))
        raise BridgeError(f"--display {display}: there is no such display here, only {found}")


def _loop(window: pygame.Surface, source: Source, commands: Commands, start: Start) -> None:
    controls, clock = Controls(start), pygame.time.Clock()
    screen = Screen(source.name, monotonic(), start.bare)
    presence = Presence(source.name, monotonic())
    while not controls.closed:
        before = controls.full_screen
        for event in pygame.event.get():
            controls.heed(event, monotonic())
        if controls.full_screen != before:
            window = _opened(controls.full_screen, start.display)
        while controls.asked:
            if not commands.send(controls.asked.pop(0)):
                screen.hint(f"nobody takes commands at {commands.address}: view --commands says where", monotonic())
        seen = source.look()
        presence.note(seen.alive, monotonic())
        screen.draw(pygame.display.get_surface() or window, seen, controls.with_overlay, monotonic())
        pygame.display.flip()
        clock.tick(REFRESH)


def _opened(full_screen: bool, display: int) -> pygame.Surface:
    """The window, of all of the display, counted from 1, or of a part of it."""
    pygame.mouse.set_visible(not full_screen)
    size = pygame.display.get_desktop_sizes()[display - 1] if full_screen else START_SIZE
    return pygame.display.set_mode(size, pygame.FULLSCREEN if full_screen else pygame.RESIZABLE, display=display - 1)


def _scaled(pixels: NDArray[np.uint8], within: tuple[int, int]) -> pygame.Surface:
    height, width, channels = pixels.shape
    share = min(within[0] / width, within[1] / height)
    size = max(round(width * share), 1), max(round(height * share), 1)
    picture = pygame.image.frombuffer(pixels.tobytes(), (width, height), "RGB" if channels == 3 else "RGBX")
    return pygame.transform.smoothscale(picture, size)
