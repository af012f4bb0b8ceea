"""What is measured. Weights are random where none ship: time does not depend on them."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from bench.performance.baselines import librosa_features, random_biggan, textbook_wct
from bench.performance.compare import Row, Way
from bench.performance.footage import footage
from bench.performance.lengths import lengths
from bench.performance.live import live
from bench.performance.outputs import outputs
from bench.performance.start import start
from bench.performance.stories import stories
from deepsing_bridge.attributes import audio_models
from deepsing_bridge.audio.decode import file_to_song
from deepsing_bridge.audio.features import FRAME_VALUES, HOP_LENGTH, song_to_features
from deepsing_bridge.core.device import Device
from deepsing_bridge.core.types import Song
from deepsing_bridge.generators.biggan import BIGGAN_SIZES, BigGANGenerator, biggan_classes
from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.generators.photos import EMBEDDED
from deepsing_bridge.generators.protocol import Instant
from deepsing_bridge.generators.worlds import WORLDS
from deepsing_bridge.story.analysis import analyze
from deepsing_bridge.stylization import vgg
from deepsing_bridge.stylization.styles import DEFAULT_STYLES, style_images
from deepsing_bridge.stylization.wct import Stylizer

DEMO = Path("examples/demo.ogg")
VGG19 = ((64, 128, 256, 512),)
BLEND = 0.5
SIZES = {"256x256": (256, 256), "1280x720": (1280, 720), "1920x1080": (1920, 1080)}

Rows = Callable[[Device], Iterator[Row]]


def analysis(device: Device) -> Iterator[Row]:
    song = file_to_song(DEMO)
    plain = partial(_librosa, song)
    yield Row("the paper's features, demo song", plain, {"in blocks": partial(_ours, song)}, 1.0, "of a feature")
    model = audio_models.load(audio_models.CONTEXT)
    yield Row("the whole analysis, demo song", plain, {"default model": lambda: analyze(song, model)})


def _librosa(song: Song) -> np.ndarray:
    return librosa_features(song.samples, song.sample_rate)[: _frames(song)]


def _ours(song: Song) -> np.ndarray:
    return song_to_features(song).values.reshape(-1, FRAME_VALUES)


def _frames(song: Song) -> int:
    return (1 + len(song.samples) // HOP_LENGTH) // 21 * 21


def biggan(device: Device) -> Iterator[Row]:
    for name, size in BIGGAN_SIZES.items():
        package = random_biggan(size)
        ours = {way: _biggan(name, size, where) for way, where in _precisions(device).items()}
        package.to(device.name)
        for batch in (1, 8) if size == 128 else (1,):
            latents = 0.4 * torch.randn(batch, 128, generator=torch.Generator().manual_seed(0)).clamp(-2, 2)
            vectors = F.one_hot(torch.arange(batch), 1000).float()
            ways = {way: partial(generator.generate, vectors, latents) for way, generator in ours.items()}
            yield Row(f"{name}, {batch} at a time", partial(_package, package, latents, vectors, device), ways)


@torch.inference_mode()
def _package(model: torch.nn.Module, latents: Tensor, vectors: Tensor, device: Device) -> Tensor:
    pictures: Tensor = model(latents.to(device.name), vectors.to(device.name), 0.4)
    return (pictures.cpu() + 1) / 2


def _biggan(name: str, size: int, device: Device) -> BigGANGenerator:
    return BigGANGenerator(name, random_biggan(size), biggan_classes(), 0.4, device)


def _has_bfloat16() -> bool:
    flags = Path("/proc/cpuinfo")
    return flags.exists() and "avx512_bf16" in flags.read_text()


def wct(device: Device) -> Iterator[Row]:
    stylizers = {way: Stylizer.load(device=where) for way, where in _precisions(device).items()}
    networks = stylizers["float32"].networks
    for side in (256, 512):
        picture, style = _picture(side), _style(side)
        plain = partial(textbook_wct, networks, picture.to(device.name), style.to(device.name), BLEND)
        ways = {
            way: partial(each.stylize, picture, each.statistics(style[0]), BLEND) for way, each in stylizers.items()
        }
        yield Row(f"WCT, {side}x{side}", plain, ways)


def _precisions(device: Device) -> dict[str, Device]:
    """Those in which something can be gained on `device`."""
    found = {"float32": Device(device.name)}
    if device.name != "cpu" or _has_bfloat16():
        found["bfloat16"] = Device(device.name, half=True)
    return found


def frame(device: Device) -> Iterator[Row]:
    """A whole frame of the recipe as published, and ours with the shipped stylizer."""
    torch.manual_seed(0)
    name, large = "biggan-deep-512", vgg.Networks(VGG19).eval().to(device.name)
    package, style = random_biggan(512).to(device.name), _style(512)
    latents, vectors = 0.4 * torch.randn(1, 128).clamp(-2, 2), F.one_hot(torch.arange(1), 1000).float()

    def recipe() -> None:
        textbook_wct(large, _package(package, latents, vectors, device), style.to(device.name), BLEND)

    def ours(where: Device) -> Way:
        generator, stylizer = _biggan(name, 512, where), Stylizer.load(device=where)
        statistics = stylizer.statistics(style[0])
        return lambda: stylizer.stylize(generator.generate(vectors, latents), statistics, BLEND)

    ways = {f"shipped stylizer, {way}": ours(where) for way, where in _precisions(device).items()}
    yield Row("a frame: BigGAN-512 and WCT, the recipe with VGG-19", recipe, ways)


def worlds(device: Device) -> Iterator[Row]:
    generator = load_generator(WORLDS)
    latent = np.zeros(generator.latent_dim, np.float32)
    for name, (width, height) in SIZES.items():
        for label in ("lake", "crystals"):  # what takes little, and what takes most
            draw = partial(generator.draw, generator.classes.index(label), latent, Instant(1.0), width, height)
            yield Row(f"worlds: {label}, {name}", None, {"ours": draw})


def photos(device: Device) -> Iterator[Row]:
    generator = load_generator(EMBEDDED)
    vectors = F.one_hot(torch.zeros(1, dtype=torch.long), len(generator.classes)).float()
    latents = generator.sample_latents(1, 0)
    yield Row("embedded photos, one picture", None, {"ours": lambda: generator.generate(vectors, latents)})


MEASURED = (analysis, biggan, wct, frame, worlds, photos, stories, lengths, footage, outputs, live, start)
ROWS: dict[str, Rows] = {each.__name__: each for each in MEASURED}


def _picture(side: int) -> Tensor:
    """Something with edges and with plain areas."""
    generator = load_generator(EMBEDDED)
    vectors = F.one_hot(torch.tensor([3]), len(generator.classes)).float()
    small = generator.generate(vectors, generator.sample_latents(1, 1))
    return F.interpolate(small, (side, side), mode="bilinear", antialias=True)


def _style(side: int) -> Tensor:
    from PIL import Image

    with Image.open(style_images(DEFAULT_STYLES)[0]) as image:
        pixels = np.asarray(image.convert("RGB").resize((side, side)), np.float32) / 255
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].contiguous()
