"""`bridge.py models import`: the deepsing authors' released checkpoints → the model set `authors`.

Their conventions end here. Every pair of theirs is (arousal, valence): the regressor's outputs keep that order, as
ours do, under a header that says so; the visual estimator's are swapped. That one's answers are OASIS ratings less
their mean: here they become z-scores. Their stylizer wants pictures normalised as ImageNet's are, and gives such back:
that is folded into the networks' outermost layers. `state_dict`, `pickled_arrays` and `affective_norms` read the files.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from torch import Tensor

from .. import weights
from ..attributes import audio_paper, image_paper
from ..attributes.nets import mobilenet
from ..attributes.nets.audio import AudioRegressor
from ..core.errors import BridgeError, first_few
from ..core.files import sha256
from ..core.types import Progress, no_progress
from ..generators.biggan import biggan_classes
from ..stylization import vgg, wct
from ..stylization.networks import LEVELS
from ..translation.network import INPUT_ORDER, Translator
from ..translation.neural import translators_file
from ..translation.translators import RENDERED_AT, SAMPLED_AT
from ..weights import model_sets
from ..weights.class_tables import BIGGAN, class_table_file
from .affective_norms import CLASSES, class_table, read_classes, read_norms, refuse_other_classes
from .convert import mobilenet_shapes
from .download import Fetched
from .pickled_arrays import read_arrays
from .pull import write_sources
from .state_dict import Shapes, read_state, shapes_of

NAME = "authors"
LICENCE = "the deepsing authors' (Passalis & Doropoulos 2019; their code is GPLv3, of the weights nothing is said)"
COMMAND = "python bridge.py models import FOLDER"

REGRESSOR, STATISTICS, ESTIMATOR = "mlp.model", "space_statistics.pickle", "image_sentiment.model"
TRANSLATORS = tuple(f"neural_translator_{number}.model" for number in range(23))
VGG = "stylization_model/vgg_normalised_conv5_1.pth"
DECODERS = tuple(f"stylization_model/decoder_relu{level}_1.pth" for level in LEVELS)
CLASS_LIST, CLEAN_LIST, NORMS = "imagenet.txt", "imagenet_clean.txt", "words.csv"
FILES = (REGRESSOR, STATISTICS, ESTIMATOR, *TRANSLATORS, VGG, *DECODERS, CLASS_LIST, CLEAN_LIST, NORMS)

WIDTHS = (64, 128, 256, 512)  # VGG-19's
BEYOND_RELU41 = r"(32|35|38|42)\..*"  # the rest of the encoder, which no decoder is for
LATENT_DIM = 128
TRUNCATIONS = {SAMPLED_AT: "0.3", RENDERED_AT: "0.1"}  # their script's: of the latents, and of batch statistics
OASIS_SD = {"arousal": 0.8373, "valence": 1.2269}
"""Standard deviations of the 900 photos' mean ratings (Kurdi et al. 2017), which the authors did not divide by."""


def import_folder(folder: Path, progress: Progress = no_progress) -> Path:
    """Make the set `authors` of the unzipped `folder`; gives its place. `progress` counts the six parts of it.

    Raises BridgeError for a folder with a file missing, and for a file that is not what it should be; then a set
    that was imported before stays as it was.
    """
    refuse_incomplete(folder)
    parts = (_audio, _visual, _translators, _stylizer, _dictionary, _sources)
    with model_sets.installing(NAME) as being_made:
        for number, part in enumerate(parts, 1):
            part(folder, being_made)
            progress(number, len(parts))
        model_sets.carry_over(NAME, being_made)
    return model_sets.folder_of(NAME)


def refuse_incomplete(folder: Path) -> None:
    """Raises BridgeError that names the files that `folder` lacks."""
    if not folder.is_dir():
        raise BridgeError(f"{folder}: no such folder; expected the authors' checkpoints, unzipped")
    if missing := [name for name in FILES if not (folder / name).is_file()]:
        raise BridgeError(f"{folder}: {first_few(missing)} missing; expected the authors' checkpoints, unzipped")


def _audio(folder: Path, out: Path) -> None:
    with torch.device("meta"):
        expected = shapes_of(AudioRegressor())
    mean, sd = (torch.from_numpy(array).float() for array in read_arrays(folder / STATISTICS, 2))
    if mean.shape != (2,) or sd.shape != (2,) or not (mean.isfinite() & (sd > 0)).all():
        raise BridgeError(f"{folder / STATISTICS}: expected means and standard deviations of two outputs")
    state = read_state(folder / REGRESSOR, expected) | {"mean": mean, "sd": sd}
    _save(audio_paper.WEIGHTS, state, {"outputs": "arousal valence"}, "audio attribute estimator, trained on DEAM", out)


def _visual(folder: Path, out: Path) -> None:
    state = read_state(folder / ESTIMATOR, mobilenet_shapes(outputs=2))
    order = [1, 0]  # theirs is (arousal, valence), our estimators' (valence, arousal)
    sd = torch.tensor([OASIS_SD["valence"], OASIS_SD["arousal"]])
    weight, bias = state["classifier.1.weight"][order], state["classifier.1.bias"][order]
    head = {"head.weight": weight / sd[:, None], "head.bias": bias / sd}
    header = {"backbone": image_paper.WHOLE_MOBILENET}
    what = "visual attribute estimator, MobileNetV2 fine-tuned on OASIS"
    _save(image_paper.WEIGHTS, mobilenet.stage_names(state) | head, header, what, out)


def _translators(folder: Path, out: Path) -> None:
    with torch.device("meta"):
        expected = shapes_of(Translator(CLASSES, LATENT_DIM))
    states = [read_state(folder / name, expected) for name in TRANSLATORS]
    tensors = {f"view{number}/{key}": t for number, state in enumerate(states) for key, t in state.items()}
    views = [{"class_ids": list(range(CLASSES))} for _ in states]  # which of them each was taught, no file says
    header = {"input": ",".join(INPUT_ORDER), "classes": json.dumps(biggan_classes()), "views": json.dumps(views)}
    header |= TRUNCATIONS
    _save(translators_file(BIGGAN), tensors, header, f"{len(states)} neural translators for BigGAN-deep-512", out)


def _stylizer(folder: Path, out: Path) -> None:
    with torch.device("meta"):
        networks = vgg.Networks([WIDTHS])
    encoder = _renamed_state(folder / VGG, dict(_encoder_places()), shapes_of(networks.encoder.each[0]), BEYOND_RELU41)
    tensors = {f"encoder.each.0.{key}": tensor for key, tensor in _of_plain_pictures(encoder).items()}
    for level, name in zip(LEVELS, DECODERS, strict=True):
        expected = shapes_of(networks.decoders[level - 1])
        decoder = _renamed_state(folder / name, dict(_decoder_places(level)), expected)
        tensors |= {f"decoders.{level - 1}.{key}": tensor for key, tensor in _to_plain_pictures(decoder).items()}
    header = {"widths": json.dumps([WIDTHS])}
    _save(wct.WEIGHTS, tensors, header, "stylizer: WCT with VGG-19 and a decoder for each of four levels", out)


def _dictionary(folder: Path, out: Path) -> None:
    labels = biggan_classes()
    full, clean = read_classes(folder / CLASS_LIST), read_classes(folder / CLEAN_LIST)
    refuse_other_classes(full, labels, complete=True)
    refuse_other_classes(clean, labels, complete=False)
    weights.save_table(
        class_table_file(BIGGAN),
        class_table(clean, labels, read_norms(folder / NORMS)),
        what="valence and arousal of ImageNet's class names, by the authors' rules",
        licence=LICENCE,
        command=COMMAND,
        models=out,
    )


def _sources(folder: Path, out: Path) -> None:
    paths = {name: (folder / name).absolute() for name in FILES}
    write_sources(out, {name: Fetched(path, path.as_uri(), sha256(path)) for name, path in paths.items()})


def _encoder_places() -> Iterator[tuple[str, int]]:
    """Our name of each convolution → its place in their Sequential, where padding, ReLU and pooling count too."""
    yield "conv0", 0
    place = 2
    for name in vgg.NAMES:
        place += name in vgg.TAPS[1:]
        yield name, place
        place += 3


def _decoder_places(level: int) -> Iterator[tuple[str, int]]:
    place = 1
    for name in reversed(vgg.up_to(level)):
        yield name, place
        place += 4 if name in vgg.TAPS[1:] else 3


def _renamed_state(path: Path, places: Mapping[str, int], expected: Shapes, spare: str = "") -> dict[str, Tensor]:
    """The checkpoint `path`, whose tensors have numbers for names, under our names."""
    theirs = {ours: f"{places[layer]}.{kind}" for ours in expected for layer, kind in [ours.split(".")]}
    state = read_state(path, {theirs[ours]: shape for ours, shape in expected.items()}, spare)
    return {ours: state[name] for ours, name in theirs.items()}


def _of_plain_pictures(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """An encoder of normalised pictures as one of RGB 0..1: its first layer, 1×1, takes the normalising in."""
    mean, sd = torch.tensor(mobilenet.MEAN), torch.tensor(mobilenet.SD)
    weight = state["conv0.weight"] / sd[:, None, None]
    return state | {"conv0.weight": weight, "conv0.bias": state["conv0.bias"] - weight.flatten(1) @ mean}


def _to_plain_pictures(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """A decoder to normalised pictures as one to RGB 0..1."""
    mean, sd = torch.tensor(mobilenet.MEAN), torch.tensor(mobilenet.SD)
    bias = state["conv11.bias"] * sd + mean
    return state | {"conv11.weight": state["conv11.weight"] * sd[:, None, None, None], "conv11.bias": bias}


def _save(file: str, tensors: dict[str, Tensor], header: dict[str, str], what: str, out: Path) -> None:
    weights.save(file, tensors, header=header, what=what, licence=LICENCE, command=COMMAND, metrics={}, models=out)
