"""The loaded models: all that a choice names, and the digests of exactly what was read."""

from pathlib import Path

import pytest
from PIL import Image

from deepsing_bridge import weights
from deepsing_bridge.app.bundle import load
from deepsing_bridge.app.config import ModelChoice
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.files import sha256
from deepsing_bridge.core.options import SHIPPED_STYLES

STYLES = {f"styles/{name}.jpg" for name in SHIPPED_STYLES}
ALWAYS = {
    f"{name}.safetensors" for name in ("audio-context", "musicnn", "visual-sentiment", "wct", "embedded-generator")
}


@pytest.mark.parametrize(
    ("choice", "also"),
    [
        (ModelChoice(), {"embedded-translators.safetensors", "embedded-samples.safetensors"}),
        (ModelChoice(translator="dictionary"), {"class-sentiment-embedded.csv"}),
        (ModelChoice(translator="random"), set[str]()),
        (ModelChoice(classes="lake,fire"), {"embedded-samples.safetensors"}),
    ],
    ids=["neural", "dictionary", "random", "classes"],
)
def test_the_digests_are_those_of_what_was_read(choice: ModelChoice, also: set[str]) -> None:
    bundle = load(choice)
    assert set(bundle.digests) == ALWAYS | also | STYLES
    for name in ALWAYS | also:
        assert bundle.digests[name] == weights.digest(name)


def test_the_papers_audio_model_is_noted_down_where_it_is_chosen() -> None:
    digests = load(ModelChoice(audio_model="paper", translator="random")).digests
    assert "audio-sentiment.safetensors" in digests and "audio-context.safetensors" not in digests


def test_ones_own_style_images_are_noted_down(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), (200, 90, 40)).save(tmp_path / "rust.png")
    bundle = load(ModelChoice(translator="random", styles=tmp_path))
    assert bundle.digests["styles/rust.png"] == sha256(tmp_path / "rust.png")
    assert [style.name for style in bundle.styles.styles] == ["rust"]


def test_views_are_numbered_and_one_that_there_is_not_is_named() -> None:
    bundle = load(ModelChoice())
    assert [bundle.translator(view).name for view in (0, 5)] == ["neural:view0", "neural:view5"]
    for view in (-1, 6):
        with pytest.raises(BridgeError, match=f"view {view}: the embedded generator has views 0 to 5"):
            bundle.translator(view)


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (ModelChoice(translator="telepathy"), "translator 'telepathy': expected one of neural, dictionary, random"),
        (ModelChoice(classes="lake", translator="random"), "leave out --translator random"),
        (ModelChoice(generator="biggan-deep-512"), "its weights are not installed"),
        (ModelChoice(sets="nobodys"), "model set nobodys: not installed"),
    ],
    ids=["translator", "classes", "generator", "sets"],
)
def test_what_cannot_be_loaded_is_told(choice: ModelChoice, sentence: str) -> None:
    with pytest.raises(BridgeError, match=sentence):
        load(choice)


def test_what_is_read_elsewhere_meanwhile_is_not_noted_down() -> None:
    weights.load("wct.safetensors")
    with weights.recorded() as outer:
        weights.header("audio-context.safetensors")
        with weights.recorded() as inner:
            weights.header("audio-sentiment.safetensors")
    weights.load("visual-sentiment.safetensors")
    assert set(outer) == {"audio-context.safetensors", "audio-sentiment.safetensors"}
    assert set(inner) == {"audio-sentiment.safetensors"}
