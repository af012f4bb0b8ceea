"""A picture in, the window's pixels out. SDL draws to memory, so no display is needed."""

import sys

import numpy as np
import pytest

from deepsing_bridge import viewer
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Sentiment
from deepsing_bridge.viewer.sources import Seen
from deepsing_bridge.viewer.start import Start

pygame = pytest.importorskip("pygame")

from deepsing_bridge.viewer import window  # noqa: E402  # needs pygame

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
CORNERS = np.array([[RED, GREEN], [BLUE, WHITE]], np.uint8).repeat(8, 0).repeat(8, 1)  # 16 × 16
LATE_S = 100.0  # after the start, when no hint is shown


def drawn(seen, size=(200, 100), with_overlay=False, now_s=LATE_S):
    surface = pygame.Surface(size)
    window.Screen("tcp://x", 0.0).draw(surface, seen, with_overlay, now_s)
    return surface


def pixels(surface):
    """(height, width, 3)."""
    return pygame.surfarray.array3d(surface).transpose(1, 0, 2).astype(int)


@pytest.mark.parametrize("channels", [3, 4])
def test_a_frame_fills_the_window_upright_with_its_shape_kept(channels):
    frame = np.concatenate([CORNERS, np.full((16, 16, 1), 255, np.uint8)], axis=2)[..., :channels]
    surface = drawn(Seen(True, 1, frame))
    for at, colour in (((60, 10), RED), ((140, 10), GREEN), ((60, 90), BLUE), ((140, 90), WHITE)):
        assert surface.get_at(at)[:3] == colour
    for bar in ((10, 50), (190, 50)):  # the picture is square, the window is not
        assert surface.get_at(bar)[:3] == window.BACKGROUND


def test_the_next_frame_replaces_the_last_and_a_new_size_is_filled():
    screen, surface = window.Screen("x", 0.0), pygame.Surface((50, 50))
    for number, colour in enumerate((RED, GREEN)):
        frame = np.full((4, 4, 3), colour, np.uint8)
        screen.draw(surface, Seen(True, number, frame), False, LATE_S)
        assert surface.get_at((25, 25))[:3] == colour
    larger = pygame.Surface((90, 90))
    screen.draw(larger, Seen(True, 1, frame), False, LATE_S)
    assert larger.get_at((89, 89))[:3] == GREEN


@pytest.mark.parametrize("shape", [(1, 1000), (1000, 1), (1, 1)])
@pytest.mark.parametrize("size", [(1, 1), (7, 300), (640, 360)])
def test_no_shape_of_picture_or_window_is_too_odd(shape, size):
    drawn(Seen(True, 1, np.zeros((*shape, 3), np.uint8), "label"), size, with_overlay=True, now_s=0.0)


def test_the_overlay_is_drawn_over_the_picture_only_if_it_is_on():
    grey = np.full((36, 36, 3), 128, np.uint8)
    seen = Seen(True, 1, grey, "lake", 83.0, Sentiment(1.0, 1.0))
    without, over = (pixels(drawn(seen, (720, 720), with_overlay=on)) for on in (False, True))
    assert (without == 128).all()
    changed = (over != 128).any(axis=2)
    assert not changed[:360].any()
    assert (over[560:700, 20:250] > 200).any(), "the label"
    assert changed[530:690, 530:690].mean() > 0.9, "the plane"


def test_without_a_bridge_it_says_whom_it_waits_for_over_the_darkened_picture():
    nothing = pixels(drawn(Seen(), (400, 200)))
    assert (nothing[80:120] > 100).any()
    assert (nothing[:60] < 20).all()
    grey = np.full((20, 40, 3), 128, np.uint8)
    assert (pixels(drawn(Seen(False, 1, grey), (400, 200)))[:60] < 60).all()


def test_the_hint_goes_after_a_while():
    black = np.zeros((20, 40, 3), np.uint8)
    early, late = (pixels(drawn(Seen(True, 1, black), (400, 200), now_s=at)) for at in (0.5, LATE_S))
    assert (early > 100).any()
    assert not late.any()


def test_an_audience_sees_nothing_over_the_picture_even_when_the_bridge_is_gone():
    grey, surface = np.full((20, 40, 3), 128, np.uint8), pygame.Surface((400, 200))
    screen = window.Screen("tcp://x", 0.0, bare=True)
    for seen in (Seen(True, 1, grey), Seen(False, 1, grey)):
        screen.draw(surface, seen, False, 0.5)
        assert (pixels(surface) == 128).all()
    assert not window.Controls(Start(bare=True)).with_overlay


def test_labels_from_outside_cannot_break_it():
    for label in ("", "\0\n\t", "x" * 10_000, "湖", "\ud800"):
        drawn(Seen(True, 1, CORNERS, label, 1e12), (300, 200), with_overlay=True)


def test_frames_a_second_are_counted_over_the_last_two():
    rate = window.Rate()
    assert rate.of(100, 0.0) == 0
    for step in range(1, 241):
        shown = rate.of(100 + step // 2, step / 60)
    assert shown == pytest.approx(30, abs=0.6)


def press(key):
    return pygame.event.Event(pygame.KEYDOWN, key=key)


def click():
    return pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=pygame.BUTTON_LEFT)


def test_keys_and_double_clicks():
    controls = window.Controls()
    for key in (pygame.K_o, pygame.K_TAB, pygame.K_o):
        before = controls.with_overlay
        controls.heed(press(key), 0.0)
        assert controls.with_overlay is not before
    controls.heed(press(pygame.K_f), 0.0)
    assert controls.full_screen
    controls.heed(click(), 10.0)
    assert controls.full_screen
    controls.heed(click(), 10.2)
    assert not controls.full_screen
    assert not controls.closed
    for event in (press(pygame.K_ESCAPE), press(pygame.K_q), pygame.event.Event(pygame.QUIT)):
        controls = window.Controls()
        controls.heed(event, 0.0)
        assert controls.closed


class Reel:
    """A source that does one thing each time it is looked at."""

    name = "a reel"

    def __init__(self, *acts):
        self.acts = list(acts)
        self.looks = 0

    def look(self):
        self.looks += 1
        self.acts.pop(0)()
        return Seen(True, self.looks, CORNERS)


class Commands:
    """Notes what it was told, and `answers` whether anybody was there."""

    address = "tcp://127.0.0.1:7703"

    def __init__(self, answers=True):
        self.answers = answers
        self.sent = []

    def send(self, command):
        self.sent.append(command)
        return self.answers


@pytest.fixture
def headless(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv("SDL_NO_SIGNAL_HANDLERS", "1")  # else SIGTERM would no longer end the tests
    yield
    pygame.display.quit()


def test_the_window_shows_the_source_until_it_is_closed(headless):
    shots, full = [], []

    def nothing():
        pass

    def shoot():
        """What was drawn after the last look."""
        shots.append(pygame.display.get_surface().get_at((10, 650))[:3])
        full.append(bool(pygame.display.get_surface().get_flags() & pygame.FULLSCREEN))

    def do(key):
        return lambda: pygame.event.post(press(key))

    def switch():
        return (do(pygame.K_f), nothing)

    reel = Reel(nothing, do(pygame.K_o), nothing, shoot, *switch(), shoot, *switch(), shoot, do(pygame.K_q), nothing)
    viewer.run(reel, Commands())
    assert full == [False, True, False]
    assert shots[0] == shots[2] == BLUE
    assert not reel.acts
    assert not pygame.display.get_init()


def test_it_begins_over_all_of_the_display_and_f_leaves_that(headless):
    sizes, whole = [], pygame_desktop()

    def look():
        surface = pygame.display.get_surface()
        sizes.append((surface.get_size(), bool(surface.get_flags() & pygame.FULLSCREEN)))

    keys = (lambda: pygame.event.post(press(pygame.K_f))), lambda: pygame.event.post(press(pygame.K_q))
    viewer.run(Reel(look, keys[0], look, keys[1], lambda: None), Commands(), Start(full_screen=True))
    assert sizes == [(whole, True), (window.START_SIZE, False)]


def pygame_desktop():
    pygame.display.init()
    return pygame.display.get_desktop_sizes()[0]


def test_a_display_that_is_not_there_is_told_with_those_that_are(headless):
    width, height = pygame_desktop()
    with pytest.raises(BridgeError, match=rf"--display 2: there is no such display here, only 1 \({width}x{height}\)"):
        viewer.run(Reel(), Commands(), Start(display=2))
    assert not pygame.display.get_init()


def test_ctrl_c_closes_it(headless):
    def interrupt():
        raise KeyboardInterrupt

    reel = Reel(interrupt, lambda: pytest.fail("it went on"))
    viewer.run(reel, Commands())
    assert not pygame.display.get_init()


def test_without_a_display_it_says_so(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "no-such-driver")
    with pytest.raises(BridgeError, match="cannot open a window here"):
        viewer.run(Reel(), Commands())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_where_nobody_could_see_it_there_is_no_window(monkeypatch):
    """SDL would draw to memory, for ever."""
    for name in ("SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(BridgeError, match="cannot open a window here: there is no display"):
        viewer.run(Reel(), Commands())
    assert not pygame.display.get_init()


@pytest.mark.parametrize("answers", [True, False])
@pytest.mark.parametrize(("key", "command"), [(pygame.K_SPACE, "toggle"), (pygame.K_t, "tap")])
def test_space_plays_and_pauses_t_taps_and_it_says_so_where_nobody_listens(
    headless, monkeypatch, key, command, answers
):
    hints = []
    monkeypatch.setattr(window.Screen, "hint", lambda screen, line, now_s: hints.append(line))
    monkeypatch.setattr(window.Screen, "draw", lambda *args: None)
    commands = Commands(answers)
    reel = Reel(
        lambda: pygame.event.post(press(key)),
        lambda: None,
        lambda: pygame.event.post(press(pygame.K_q)),
        lambda: None,
    )
    viewer.run(reel, commands)
    assert commands.sent == [command]
    assert [hint for hint in hints if "nobody takes commands at tcp://127.0.0.1:7703" in hint] == hints[1:]
    assert len(hints) == (1 if answers else 2)


def test_the_terminal_hears_whether_a_bridge_is_there(caplog):
    caplog.set_level("INFO", window.__name__)
    presence = window.Presence("tcp://x", 0.0)
    for alive, now_s in ((False, 0.1), (False, 2.0), (False, 3.0), (True, 4.0), (True, 5.0), (False, 9.0)):
        presence.note(alive, now_s)
    assert [record.message[:9] for record in caplog.records] == ["waiting f", "watching ", "waiting f"]


def test_without_pygame_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "deepsing_bridge.viewer.window", None)
    with pytest.raises(BridgeError, match="pip install"):
        viewer.run(Reel(), Commands())
