"""The model card of what ships is written by hand; its figures are the manifest's."""

import re
from typing import Any

import pytest

from deepsing_bridge import weights
from deepsing_bridge.weights.model_sets import CARD

MANIFEST = weights.manifest()
TEXT = (weights.MODELS / CARD).read_text("utf-8")
AXES = ("valence", "arousal")


def titles() -> list[tuple[list[str], str]]:
    """The names in each section's title, and what is below it."""
    parts = re.split(r"^## (.*)$", TEXT, flags=re.MULTILINE)[1:]
    return [(re.split(r", |: ", title), body) for title, body in zip(parts[::2], parts[1::2], strict=True)]


def section(file: str) -> str:
    (body,) = (body for names, body in titles() if file in names)
    return body


def metrics(file: str) -> dict[str, Any]:
    return MANIFEST[file]["metrics"]


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def row(file: str, begins: str, lines_below: int = 0) -> list[float]:
    """The numbers behind the first cell of the table row in the section of `file` that begins so, or of one below."""
    lines = section(file).splitlines()
    (at,) = (index for index, line in enumerate(lines) if line.startswith(f"| {begins}"))
    return numbers(lines[at + lines_below].strip("| ").partition(" | ")[2])


def rounded(figures: list[float], digits: int) -> list[float]:
    return [round(figure, digits) for figure in figures]


@pytest.mark.parametrize("file", MANIFEST)
def test_each_file_has_a_section_that_tells_its_size(file: str) -> None:
    told = re.search(r"(\d+\.\d+) MB", section(file))
    if file.endswith(".safetensors") and told:
        digits = len(told[1].partition(".")[2])
        assert float(told[1]) == round(MANIFEST[file]["bytes"] / 1e6, digits)


@pytest.mark.parametrize(("title", "name"), [("4Q", "4q"), ("Emotify", "emotify")])
def test_the_audio_models_figures(title: str, name: str) -> None:
    paper, context = "audio-sentiment.safetensors", "audio-context.safetensors"
    assert row(paper, title) == [metrics(paper)[f"{name} {axis} r"] for axis in AXES]
    assert row(context, f"{title}, the folds of") == [metrics(context)[f"{name} {axis} r"] for axis in AXES]
    assert row(context, f"{title}, five foldings") == [
        metrics(context)[f"{name} {axis} r, {what} of 5 foldings"] for axis in AXES for what in ("mean", "sd")
    ]


def test_what_is_told_for_comparison_is_what_is_told_of_it() -> None:
    paper, visual = "audio-sentiment.safetensors", "visual-sentiment.safetensors"
    assert row("audio-context.safetensors", "for comparison") == row(paper, "4Q")
    assert row("audio-context.safetensors", "for comparison", 1) == row(paper, "Emotify")
    assert row("visual-blend.safetensors", "for comparison") == row(visual, "random folds")
    assert row("visual-blend.safetensors", "for comparison", 1) == row(visual, "random folds", 1)


@pytest.mark.parametrize(
    ("file", "begins", "variant"),
    [
        ("visual-sentiment.safetensors", "random folds", ""),
        ("visual-sentiment.safetensors", "the same before fine-tuning", "_frozen"),
        ("visual-blend.safetensors", "random folds", ""),
        ("visual-blend.safetensors", "the tuned judge alone", "_tuned"),
        ("visual-blend.safetensors", "the kernel alone", "_kernel"),
    ],
)
def test_the_image_models_figures(file: str, begins: str, variant: str) -> None:
    """In the row below each: with themes kept apart."""
    assert row(file, begins) == [metrics(file)[f"{axis}_r{variant}"] for axis in AXES]
    assert row(file, begins, 1) == [metrics(file)[f"{axis}_r{variant}_themes_apart"] for axis in AXES]


def test_how_far_the_visual_estimator_s_answers_spread() -> None:
    file = "visual-sentiment.safetensors"
    told = re.search(r"sd (\S+) and (\S+) of the raters' 1", section(file).replace("\n", " "))
    assert told and [*map(float, told.groups())] == rounded([metrics(file)[f"{axis}_spread_z"] for axis in AXES], 2)


def test_the_generator_remembers_the_photos_that_were_not_forgotten() -> None:
    body = section("embedded-generator.safetensors")
    forgotten, trained = re.search(r"(\d+) of the (\d+) that the decoder was trained on are not", body).groups()  # type: ignore[union-attr]
    assert int(trained) - int(forgotten) == metrics("embedded-generator.safetensors")["photos"]
    assert f"the {trained} of 1,622 photos" in body


@pytest.mark.parametrize("view", range(6))
def test_the_views_figures(view: int) -> None:
    file = "embedded-translators.safetensors"
    told = metrics(file)[f"view{view}"]
    assert row(file, f"{view} ") == [
        told["loss"],
        told["class_accuracy"],
        *(told["closed_loop"][axis] for axis in AXES),
    ]
    assert f"| {view} | {', '.join(told['classes'])} |" in section(file)


def test_the_stylizer_s_figures() -> None:
    file, sides = "wct.safetensors", ("ours", "teacher")
    told = metrics(file)
    for level in (1, 2, 3, 4):
        figures = [told[f"psnr_relu{level}_{side}_db"] for side in sides]
        assert row(file, f"one decoder by itself, relu{level}_1") == rounded(figures, 1)
    for size in (256, 512):
        assert row(file, f"a frame of {size}") == rounded([told[f"seconds_{size}_{side}"] for side in sides], 2)
    sentence = re.search(r"our stylized pictures are (.*?)\. The deepest", section(file).replace("\n", " "))
    figures = [told[f"styled_{blend}_{what}"] for blend in (0.1, 0.5) for what in ("ours", "none")]
    assert sentence and numbers(re.sub("at (a blend of )?0.[15]", "", sentence[1])) == rounded(figures, 2)
