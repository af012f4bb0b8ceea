"""The authors' folder becomes a model set that answers as theirs do, in our order and units; wrong ones are refused."""

import os
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from deepsing_bridge.attributes.audio_paper import PaperAudioEstimator
from deepsing_bridge.attributes.image_paper import PaperImageEstimator
from deepsing_bridge.attributes.nets.audio import AudioRegressor
from deepsing_bridge.attributes.nets.mobilenet import MEAN, SD, MobileNetV2, stage_names
from deepsing_bridge.checkpoints.authors import FILES, import_folder
from deepsing_bridge.checkpoints.pull import read_sources
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.files import sha256
from deepsing_bridge.core.types import FeatureTrack, SentimentTrack
from deepsing_bridge.stylization.wct import Stylizer
from deepsing_bridge.translation.dictionary import DictionaryTranslator
from deepsing_bridge.translation.network import Translator
from deepsing_bridge.translation.translators import Truncations, translators_for, truncations_for
from deepsing_bridge.weights import model_sets
from tests.checkpoints import authorsfolder
from tests.checkpoints.hostile import Hostile


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return authorsfolder.write(tmp_path_factory.mktemp("authors") / "models")


@pytest.fixture(scope="module")
def shelf(theirs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the set is installed, once for all tests that only read it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(model_sets.HOME, str(tmp_path_factory.mktemp("shelf")))
        return import_folder(theirs).parent


@pytest.fixture
def imported(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(model_sets.HOME, str(shelf))
    return model_sets.installed_folder("authors")


@pytest.fixture
def copied(theirs: Path, tmp_path: Path) -> Path:
    """The folder, to be spoilt."""
    return Path(shutil.copytree(theirs, tmp_path / "theirs", copy_function=os.link))


def spoil(path: Path, data: bytes) -> None:
    path.unlink()
    path.write_bytes(data)


def state_of(path: Path) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = torch.load(path, weights_only=True)
    return state


def test_the_set_is_whole_and_says_what_it_was_made_of(imported: Path, theirs: Path) -> None:
    assert not model_sets.faults(imported)
    assert {path.name for path in imported.iterdir()} == {
        "audio-sentiment.safetensors",
        "visual-sentiment.safetensors",
        "biggan-deep-translators.safetensors",
        "wct.safetensors",
        "class-sentiment-imagenet.csv",
        "manifest.json",
        "sources.json",
    }
    sources = read_sources(imported)
    assert set(sources) == set(FILES)
    assert sources["mlp.model"].sha256 == sha256(theirs / "mlp.model")


def test_the_regressor_answers_arousal_first(imported: Path, theirs: Path) -> None:
    features = np.random.default_rng(0).normal(size=(3, 9156)).astype(np.float32)
    net = AudioRegressor()
    net.load_state_dict(state_of(theirs / "mlp.model"))
    with torch.inference_mode():
        arousal, valence = net(torch.from_numpy(features)).T.numpy()
    track = FeatureTrack(features, np.ones(3, np.float32), 0.5)
    estimator = PaperAudioEstimator.load(imported)
    raw = estimator.raw_sentiment(track)
    assert np.array_equal(raw.arousal, arousal) and np.array_equal(raw.valence, valence)
    scored = estimator.features_to_sentiment(track, "dataset")
    assert np.allclose(scored.arousal, (arousal - 0.25) / 2) and np.allclose(scored.valence, (valence + 0.5) / 4)


def test_the_estimator_answers_valence_first_in_standard_deviations_of_oasis(imported: Path, theirs: Path) -> None:
    """Theirs answers (arousal, valence), in the raters' units above the mean rating."""
    state = state_of(theirs / "image_sentiment.model")
    net = MobileNetV2()
    net.load_state_dict(stage_names(state))
    pictures = torch.rand(3, 3, 224, 224) * torch.tensor([0.2, 0.6, 1]).view(3, 1, 1, 1)
    with torch.inference_mode():
        features = net.eval()(pictures)
        arousal, valence = F.linear(features, state["classifier.1.weight"], state["classifier.1.bias"]).T.numpy()
    felt = PaperImageEstimator.load(imported).estimate(pictures)
    assert np.allclose(felt.arousal, arousal / 0.8373, atol=1e-5) and np.allclose(
        felt.valence, valence / 1.2269, atol=1e-5
    )
    assert len(set(felt.valence.tolist())) == 3, "it sees the pictures"


@pytest.mark.parametrize("view", [0, 22])
def test_a_translator_answers_as_theirs_does(view: int, imported: Path, theirs: Path) -> None:
    found = translators_for("biggan-deep-512", model_sets.chosen("authors", "biggan-deep-512"))
    assert (found.folder, found.count()) == (imported, 23)
    assert truncations_for("biggan-deep-512", model_sets.chosen("authors", "biggan-deep-512")) == Truncations(0.3, 0.1)
    net = Translator(1000, 128)
    net.load_state_dict(state_of(theirs / f"neural_translator_{view}.model"))
    track = SentimentTrack(np.float32([1.5, -1]), np.float32([-0.5, 2]), 0.5)  # valence, arousal
    with torch.inference_mode():
        scores, latents = net(torch.tensor([[-0.5, 1.5], [2, -1]]))  # arousal, valence
    answer = found.load(view).translate(track)
    assert np.array_equal(answer.class_ids, scores.argmax(1)) and np.array_equal(answer.latents, latents)


def test_the_stylizers_networks_give_what_theirs_give_on_normalised_pictures(imported: Path, theirs: Path) -> None:
    pictures = torch.rand(1, 3, 64, 48)
    mean, sd = (torch.tensor(values).view(3, 1, 1) for values in (MEAN, SD))
    networks = Stylizer.load(imported).networks
    encoder = authorsfolder.encoder()
    encoder.load_state_dict(state_of(theirs / "stylization_model" / "vgg_normalised_conv5_1.pth"))
    for level, last in zip((1, 2, 3, 4), (4, 11, 18, 31), strict=True):
        decoder = authorsfolder.decoder(level)
        decoder.load_state_dict(state_of(theirs / "stylization_model" / f"decoder_relu{level}_1.pth"))
        with torch.inference_mode():
            features = encoder[:last]((pictures - mean) / sd)
            painted = F.relu(decoder(features) * sd + mean)
            assert torch.allclose(networks.encoder(pictures, level), features, atol=1e-5)
            assert torch.allclose(networks.decode(features, level), painted, atol=1e-5)


def test_stylizing_paints_with_them(imported: Path) -> None:
    stylizer = Stylizer.load(imported)
    pictures = torch.rand(1, 3, 40, 56)
    style = stylizer.statistics(torch.rand(3, 64, 64))
    painted = stylizer.stylize(pictures, style, 0.5)
    assert painted.shape == pictures.shape and not torch.allclose(painted, pictures, atol=0.05)


def test_the_dictionary_knows_the_words_that_the_norms_know(imported: Path) -> None:
    """Class 1 is the goldfish; class 2, the great white shark, is not on the clean list, so its cousins answer."""
    translator = DictionaryTranslator.load("biggan-deep-512", imported)
    known = np.flatnonzero(~np.isnan(translator.valence))
    assert 1 in known and 2 not in known and 3 in known
    pleasant, awful = translator.translate(SentimentTrack(np.float32([9, -9]), np.float32([-9, 0]), 0.5)).class_ids
    assert (pleasant, awful) == (1, 3)


@pytest.mark.parametrize("name", ["mlp.model", "neural_translator_13.model", "words.csv"])
def test_a_missing_file_is_named(name: str, copied: Path, home: Path) -> None:
    (copied / name).unlink()
    with pytest.raises(BridgeError, match=f"theirs: {name} missing; expected the authors' checkpoints, unzipped"):
        import_folder(copied)
    assert not home.exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="nothing: no such folder"):
        import_folder(tmp_path / "nothing")


@pytest.mark.parametrize(
    "name", [name for name in FILES if name.endswith((".pth", "_7.model", "t.model", "mlp.model"))]
)
def test_each_checkpoint_that_is_cut_off_or_hostile_or_of_another_size_is_refused(
    name: str, copied: Path, home: Path
) -> None:
    path = copied / name
    whole, bomb = path.read_bytes(), Hostile(home.parent / "made")
    layer, tensor = next((key, tensor) for key, tensor in state_of(path).items() if tensor.ndim > 1)
    for what in (state_of(path) | {layer: torch.zeros(3, *tensor.shape)}, state_of(path) | {layer: bomb}):
        path.unlink()
        torch.save(what, path)
        with pytest.raises(BridgeError, match=name):
            import_folder(copied)
    spoil(path, whole[: len(whole) // 2])
    with pytest.raises(BridgeError, match=f"{name}: no checkpoint"):
        import_folder(copied)
    assert not bomb.path.exists() and not model_sets.installed()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("space_statistics.pickle", pickle.dumps(Hostile(Path("made"))), "expected 2 pickled arrays"),
        ("space_statistics.pickle", 2 * pickle.dumps(np.ones(3)), "means and standard deviations of two outputs"),
        ("space_statistics.pickle", 2 * pickle.dumps(np.zeros(2)), "means and standard deviations of two outputs"),
        ("imagenet.txt", b"{0: 'tench'}", "1 classes, expected 1000"),
        ("imagenet.txt", repr(dict.fromkeys(range(1000), "car")).encode(), "class 0 is 'car', expected 'tench'"),
        ("imagenet_clean.txt", b"{0: exit()}", "line 1: expected a number"),
        ("imagenet_clean.txt", b"{0: 'aircraft carrier'}", "class 0 is 'aircraft carrier', expected 'tench'"),
        ("words.csv", b"a,b,c,d,e,f\n", "column 2 is not headed V.Mean"),
    ],
)
def test_other_files_that_are_wrong_are_named(name: str, data: bytes, said: str, copied: Path) -> None:
    spoil(copied / name, data)
    with pytest.raises(BridgeError, match=f"{name}: .*{said}"):
        import_folder(copied)
    assert not model_sets.installed()


def test_what_was_imported_before_stays_when_another_import_fails(theirs: Path, copied: Path, home: Path) -> None:
    folder = import_folder(theirs)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    spoil(copied / "words.csv", b"")
    with pytest.raises(BridgeError):
        import_folder(copied)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert {path.name for path in home.iterdir()} == {"authors", ".authors.lock"}, "and nothing half-made is left"


def test_importing_again_gives_the_same_files(theirs: Path) -> None:
    folder = import_folder(theirs)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {path.name: path.read_bytes() for path in import_folder(theirs).iterdir()} == before
