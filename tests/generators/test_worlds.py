"""Worlds: latents say what inputs are, the mean of many is a picture too, and every shipped world can be drawn."""

import numpy as np
import pytest
import torch

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Levels
from deepsing_bridge.generators.protocol import Instant, MovingGenerator
from deepsing_bridge.generators.worlds import FIRST, LATENT_DIM, SPEEDS, WORLDS, WorldsGenerator, values_of
from deepsing_bridge.shaders import isf
from deepsing_bridge.weights.files import MODELS
from tests.opengl import opengl
from tests.shaders.sources import shader

INPUTS = [
    {"NAME": "storm", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.25},
    {"NAME": "edge", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "mode", "TYPE": "long", "VALUES": [7, 8, 9]},
    {"NAME": "on", "TYPE": "bool"},
    {"NAME": "tint", "TYPE": "color"},
    {"NAME": "seed", "TYPE": "float", "MIN": 0, "MAX": 1},
    {"NAME": "bass", "TYPE": "float", "MIN": 0, "MAX": 1},
]
NEEDED = {"pulse", "bass", "mid", "treble", "energy", "seed"}
FILES = sorted((MODELS / WORLDS).glob("*.fs"))
OF_MANY_PLACES = ("city", "dunes", "flowers", "kaleidoscope", "sunset")
ALIKE, MOST_ALIKE = 0.85, 0.12  # a correlation, and of how many of all pairs of pictures it may be more


def latent(**numbers: float) -> np.ndarray:
    values = np.zeros(LATENT_DIM, np.float32)
    for name, number in numbers.items():
        values[FIRST + int(name[1:])] = number
    return values


def test_the_middle_of_latents_is_each_inputs_default() -> None:
    values = values_of(shader(INPUTS=INPUTS), latent())
    assert values["storm"] == pytest.approx(0.25)
    assert values["edge"] == pytest.approx(0.5)  # a default at a bound would be half of all pictures
    assert values["mode"] == 8
    assert "bass" not in values


def test_the_ends_of_latents_are_each_inputs_bounds() -> None:
    low, high = (values_of(shader(INPUTS=INPUTS), np.full(LATENT_DIM, end, np.float32)) for end in (-2.0, 2.0))
    assert (low["storm"], high["storm"]) == (0.0, 1.0)
    assert (low["mode"], high["mode"]) == (7, 9)
    assert (low["on"], high["on"]) == (False, True)
    assert high["tint"] == (1.0, 1.0, 1.0, 1.0)


def test_truncation_keeps_inputs_near_their_middle() -> None:
    far = latent(n0=2.0)
    shares = [values_of(shader(INPUTS=INPUTS), far, t)["storm"] for t in (1.0, 0.5, 0.05)]
    assert shares[0] > shares[1] > shares[2] > 0.25  # type: ignore[operator]


def test_the_seed_is_a_direction_so_a_mean_is_no_less_a_place_of_its_own() -> None:
    chance = np.random.default_rng(0)
    means = [chance.standard_normal((50, LATENT_DIM)).astype(np.float32).mean(0) for _ in range(200)]
    seeds = [float(values_of(shader(INPUTS=INPUTS), mean)["seed"]) for mean in means]  # type: ignore[arg-type]
    assert np.histogram(seeds, bins=4, range=(0, 1))[0].min() > 25


def test_an_input_that_is_called_as_music_is_and_is_no_float_is_as_any_other() -> None:
    opengl()
    inputs = [
        {"NAME": "energy", "TYPE": "long", "VALUES": [3, 4]},
        {"NAME": "pulse", "TYPE": "color"},
        {"NAME": "mid", "TYPE": "point2D"},
        {"NAME": "treble", "TYPE": "bool"},
        {"NAME": "bass", "TYPE": "audio"},
    ]
    body = "void main() { gl_FragColor = vec4(float(energy) / 4.0, pulse.g, mid.x, 1.0) * float(treble); }"
    worlds = WorldsGenerator([shader(body, INPUTS=inputs)])
    picture = worlds.draw(0, np.full(LATENT_DIM, 2.0, np.float32), Instant(), 8, 4)
    assert (picture == 255).all()
    assert len(worlds.numbers(0, latent(), Instant())) == 1 + 1 + 4 + 2 + 1  # TIME, and all but the sound


def test_it_is_a_moving_generator_that_draws_the_same_for_the_same() -> None:
    opengl()
    body = "void main() { gl_FragColor = vec4(storm, bass, fract(TIME), 1.0); }"
    worlds = WorldsGenerator([shader(body, INPUTS=INPUTS)])
    assert isinstance(worlds, MovingGenerator)
    calm = worlds.draw(0, latent(), Instant(1.25), 8, 4)
    loud = worlds.draw(0, latent(), Instant(1.5, Levels(bass=1.0)), 8, 4)
    assert np.array_equal(calm, worlds.draw(0, latent(), Instant(1.25), 8, 4))
    assert loud[0, 0, 1] == 255 and calm[0, 0, 1] == 0
    gone = 256 * 0.25 * worlds.speed(0)
    assert (int(loud[0, 0, 2]) - int(calm[0, 0, 2])) % 256 == pytest.approx(gone, abs=2)


def test_the_same_time_changes_every_world_about_as_much() -> None:
    opengl()
    hurried, slow, dead = (
        shader(f"void main() {{ gl_FragColor = vec4(0.5 + 0.5 * sin(9.0 * isf_FragNormCoord.x + {speed} * TIME)); }}")
        for speed in (2.0, 0.5, 0.0)
    )
    worlds = WorldsGenerator([hurried, slow, dead])
    assert worlds.speed(0) == pytest.approx(worlds.speed(1) / 4, rel=0.15)
    assert worlds.speed(2) == SPEEDS[1]
    change = [
        np.abs(
            worlds.draw(number, latent(), Instant(1.1), 64, 36).astype(int)
            - worlds.draw(number, latent(), Instant(1.0), 64, 36)
        ).mean()
        for number in (0, 1)
    ]
    assert change[0] == pytest.approx(change[1], rel=0.3)


def test_a_mixture_of_classes_is_both_in_its_proportions() -> None:
    opengl()
    bodies = ("vec4(1.0, 0.0, 0.0, 1.0)", "vec4(0.0, 1.0, 0.0, 1.0)")
    worlds = WorldsGenerator([shader(f"void main() {{ gl_FragColor = {colour}; }}") for colour in bodies])
    picture = worlds.generate(torch.tensor([[0.25, 0.75]]), worlds.sample_latents(1, 0))
    assert picture.shape == (1, 3, worlds.native_size, worlds.native_size)
    assert picture[0, :, 0, 0].tolist() == pytest.approx([0.25, 0.75, 0.0], abs=0.01)


def test_a_folder_without_shaders_is_refused(tmp_path: object) -> None:
    with pytest.raises(BridgeError, match="no shaders are here"):
        WorldsGenerator.load(tmp_path)  # type: ignore[arg-type]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_world_says_what_it_is_and_what_it_wants_to_hear(file: object) -> None:
    world = isf.read(file)  # type: ignore[arg-type]
    assert world.description.endswith(".") and world.credit == "deepsing-bridge"
    assert {each.name for each in world.inputs} >= NEEDED
    assert all(each.kind == "float" and (each.low, each.high) == ((0.0,), (1.0,)) for each in world.inputs)
    assert 5 <= sum(each.name not in NEEDED for each in world.inputs) <= 12


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_world_is_a_picture_that_moves_and_hears_music_in_every_shape(file: object) -> None:
    opengl()
    worlds = WorldsGenerator([isf.read(file)])  # type: ignore[arg-type]
    for number, (width, height) in enumerate(((160, 90), (90, 160), (96, 96))):
        drawn = worlds.sample_latents(3, 5).numpy()[number]
        instants = Instant(1.0), Instant(1.5), Instant(1.5, Levels(1.0, 1.0, 1.0, 1.0, 1.0))
        before, after, loud = (worlds.draw(0, drawn, each, width, height).astype(int) for each in instants)
        assert before.shape == (height, width, 3)
        assert before.std() > 5, "nearly flat"
        assert np.abs(before - after).mean() > 0.2, "stands still"
        assert np.abs(loud - after).mean() > 0.5, "is deaf"


@pytest.mark.parametrize("name", OF_MANY_PLACES)
def test_pictures_of_two_places_are_hardly_alike(name: str) -> None:
    """Even where all else is nearly in the middle, as in the mean of six latents."""
    opengl()
    worlds = WorldsGenerator([isf.read(MODELS / WORLDS / f"{name}.fs")])
    means = worlds.sample_latents(6 * 20, 6).numpy().reshape(20, 6, -1).mean(axis=1)
    grey = [worlds.draw(0, mean, Instant(), 64, 36).mean(axis=2).ravel() for mean in means]
    pairs = np.corrcoef(grey)[np.triu_indices(len(grey), 1)]
    assert (pairs > ALIKE).mean() < MOST_ALIKE
