"""Pulling: the real sizes through a real server, twice, broken, changed; and what was there before stays."""

import json
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from deepsing_bridge import weights
from deepsing_bridge.attributes.nets.mobilenet import MobileNetV2
from deepsing_bridge.checkpoints.catalogue import addresses, offer, offers
from deepsing_bridge.checkpoints.convert import WIDTHS_16X, convert, mobilenet_shapes
from deepsing_bridge.checkpoints.pull import pull, read_sources
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.files import sha256
from deepsing_bridge.core.types import no_progress
from deepsing_bridge.generators.biggan import BIGGAN_SIZES, BigGANGenerator, biggan_classes
from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.stylization import vgg
from deepsing_bridge.stylization.wct import Stylizer
from deepsing_bridge.weights import model_sets
from tests.checkpoints.biggan import FILE as BIN
from tests.checkpoints.biggan import NAME as BIGGAN
from tests.checkpoints.biggan import random_biggan, write
from tests.checkpoints.server import FileServer

COMPRESSED = Path(__file__).parents[2] / ".." / "shared" / "data" / "wct16x"


def stage(name: str):  # type: ignore[no-untyped-def]  # a Progress
    return no_progress


@pytest.fixture(scope="module")
def biggan() -> nn.Module:
    return random_biggan()


@pytest.fixture(scope="module")
def checkpoint(biggan: nn.Module, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("published"), biggan)


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_biggan_is_pulled_converted_and_paints_what_it_painted_before(
    biggan: nn.Module, checkpoint: Path, server: FileServer, home: Path
) -> None:
    server.put(f"/{BIN}", checkpoint.read_bytes(), cuts=[100_000_000])
    folder = pull(BIGGAN, stage, server.address)
    assert folder == home / BIGGAN and {path.name for path in home.iterdir()} == {BIGGAN, f".{BIGGAN}.lock"}
    assert [asked.start for asked in server.asked] == [0, 100_000_000]
    source = read_sources(folder)[BIN]
    assert source.sha256 == sha256(checkpoint) and source.bytes == checkpoint.stat().st_size
    generator = load_generator(BIGGAN)
    latents, vector = generator.sample_latents(1, 0), F.one_hot(torch.tensor([207]), 1000).float()
    before = BigGANGenerator(BIGGAN, biggan, biggan_classes()).generate(vector, latents)
    assert before.std() > 0.01 and torch.allclose(generator.generate(vector, latents), before, atol=1e-5)
    pull(BIGGAN, stage, "https://no-such-host.invalid")  # it is there and whole: nobody is asked


def test_the_published_size_is_that_of_the_architecture(checkpoint: Path) -> None:
    """The package's README has 201 MB, in units of 2^20: what the tensors take, so there are no others in the file."""
    assert round(checkpoint.stat().st_size / 2**20) == 201
    assert abs(offer(BIGGAN).bytes / checkpoint.stat().st_size - 1) < 0.01


def test_a_broken_set_is_pulled_again_but_only_from_the_same_file(
    checkpoint: Path, server: FileServer, tmp_path: Path
) -> None:
    folder = pull(BIGGAN, stage, str(checkpoint.parent))
    (weight_file,) = folder.glob("*.safetensors")
    with weight_file.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x7f")
    assert model_sets.faults(folder) == [f"{weight_file}: altered or broken"]
    before = files_in(folder)
    state = torch.load(checkpoint, weights_only=True)
    state["embeddings.weight"][0, 0] += 1
    torch.save(state, tmp_path / BIN)
    with pytest.raises(BridgeError, match=r"gives another file than when it was first pulled .*models remove"):
        pull(BIGGAN, stage, str(tmp_path))
    assert files_in(folder) == before
    weights.save_table("mine.csv", "a,b", what="", licence="", command="", models=folder)
    (folder / model_sets.CARD).write_text("# Model card: mine.csv")
    pull(BIGGAN, stage, str(checkpoint.parent))
    assert not model_sets.faults(folder)
    assert (folder / "mine.csv").read_text() == "a,b", "what somebody put beside it is still there"
    assert (folder / model_sets.CARD).read_text() == "# Model card: mine.csv"


def test_a_folder_with_something_else_in_it_does_not_count_as_installed(checkpoint: Path, home: Path) -> None:
    (home / BIGGAN).mkdir(parents=True)
    (home / BIGGAN / "manifest.json").write_text("{}")
    pull(BIGGAN, stage, str(checkpoint.parent))
    assert load_generator(BIGGAN).native_size == 128


@pytest.mark.parametrize("name", ["biggan-deep-256", "biggan-deep-512"])
def test_a_checkpoint_of_another_size_is_refused_and_named(name: str, checkpoint: Path, tmp_path: Path) -> None:
    file = f"{name}-pytorch_model.bin"
    (tmp_path / file).symlink_to(checkpoint)
    with pytest.raises(BridgeError, match=f"{file}: .*another architecture"):
        pull(name, stage, str(tmp_path))
    assert not model_sets.installed()


def test_a_truncated_file_is_refused_and_named(checkpoint: Path, server: FileServer) -> None:
    server.put(f"/{BIN}", checkpoint.read_bytes()[:-1000])
    with pytest.raises(BridgeError, match=f"{BIN}: no checkpoint: it is cut off"):
        pull(BIGGAN, stage, server.address)
    assert not model_sets.installed()


def test_an_unknown_model_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BridgeError, match="'stylegan': not in the catalogue; expected one of biggan-deep-128, "):
        pull("stylegan", stage)


def test_a_folder_without_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=f"{BIN}: no such file; --from takes a folder"):
        pull(BIGGAN, stage, str(tmp_path))


def test_files_that_the_catalogue_does_not_list_are_refused(tmp_path: Path) -> None:
    for file in offer("wct-16x").files:
        (tmp_path / file.name).write_bytes(b"something else")
    with pytest.raises(BridgeError, match=r"1SE\.pth: not the file that the catalogue lists"):
        pull("wct-16x", stage, str(tmp_path))


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(model_sets.HOME, str(tmp_path / "file"))
    with pytest.raises(BridgeError, match=r"cannot be made .*DEEPSING_MODELS may name another"):
        pull(BIGGAN, stage)


def test_compressed_wct_is_converted_layer_by_layer(tmp_path: Path) -> None:
    networks = vgg.Networks(WIDTHS_16X)
    files = {}
    for level in (1, 2, 3, 4):
        encoder = networks.encoder.each[level - 1].state_dict() | {"conv11_aux.bias": torch.ones(64)}
        for name, state in ((f"{level}SE.pth", encoder), (f"{level}SD.pth", networks.decoders[level - 1].state_dict())):
            files[name] = tmp_path / name
            torch.save({"model": state, "epoch": 20}, files[name], _use_new_zipfile_serialization=False)
    convert(offer("wct-16x"), files, tmp_path / "set")
    loaded = Stylizer.load(tmp_path / "set").networks.state_dict()
    assert loaded.keys() == networks.state_dict().keys()
    assert all(torch.equal(loaded[name], tensor) for name, tensor in networks.state_dict().items())


@pytest.mark.skipif(not COMPRESSED.exists(), reason="the compressed networks are not in ../shared/data")
def test_the_real_compressed_networks_give_a_picture_back(home: Path) -> None:
    stylizer = Stylizer.load(pull("wct-16x", stage, str(COMPRESSED)))
    ramp = torch.linspace(0, 1, 64).expand(1, 3, 64, 64).contiguous()
    for level in (1, 2, 3, 4):
        assert (stylizer.reconstruct(ramp, level) - ramp).abs().mean() < 0.1


def test_mobilenet_is_converted_to_a_backbone(tmp_path: Path) -> None:
    net = MobileNetV2()
    theirs = {name.replace("stages.", "features.", 1): tensor for name, tensor in net.state_dict().items()}
    head = {"classifier.1.weight": torch.ones(1000, 1280), "classifier.1.bias": torch.ones(1000)}
    torch.save(theirs | head, tmp_path / "m.pth")
    convert(offer("mobilenet-v2"), {"mobilenet_v2-b0353104.pth": tmp_path / "m.pth"}, tmp_path / "set")
    fresh = MobileNetV2()
    fresh.load_state_dict(weights.load("mobilenet-v2.safetensors", tmp_path / "set"))
    pictures = torch.rand(1, 3, 224, 224)
    with torch.inference_mode():
        assert torch.equal(fresh.eval()(pictures), net.eval()(pictures))


def test_mobilenet_has_torchvisions_layers() -> None:
    shapes = mobilenet_shapes(1000)
    assert shapes["features.0.0.weight"] == (32, 3, 3, 3) and shapes["features.1.conv.1.weight"] == (16, 32, 1, 1)
    assert shapes["features.17.conv.1.0.weight"] == (960, 1, 3, 3) and shapes["features.18.1.bias"] == (1280,)
    learned = [shape for name, shape in shapes.items() if "running" not in name and "batches" not in name]
    assert sum(torch.Size(shape).numel() for shape in learned) == 3_504_872, "torchvision's num_params"


def test_biggan_is_looked_for_where_its_package_does_and_then_at_mirrors() -> None:
    from pytorch_pretrained_biggan.model import PRETRAINED_MODEL_ARCHIVE_MAP

    (file,) = offer(BIGGAN).files
    assert addresses(BIGGAN, file) == (PRETRAINED_MODEL_ARCHIVE_MAP[BIGGAN], *file.urls)
    assert file.urls


@pytest.mark.parametrize("name", BIGGAN_SIZES)
def test_every_biggan_has_mirrors_whose_names_say_how_their_checksum_begins(name: str) -> None:
    """OpenMMLab's convention."""
    (mirror,) = offer(name).files[0].mirrors
    assert mirror.name.endswith(f"-{mirror.sha256}.pth") and len(mirror.sha256) == 8
    assert all(url.endswith(f"/{mirror.name}") for url in mirror.urls)
    side = name.removeprefix("biggan-deep-")
    assert f"_{side}x{side}_" in mirror.name


def test_where_somebody_names_a_place_no_mirror_is_asked(server: FileServer, home: Path) -> None:
    with pytest.raises(BridgeError, match="could not be had") as refused:
        pull(BIGGAN, stage, server.address)
    assert "openmmlab" not in str(refused.value)


def test_every_offer_can_be_fetched_and_converted_by_name() -> None:
    for name, one in offers().items():
        assert model_sets.folder_of(name).name == name
        assert all(addresses(name, file) for file in one.files) and one.licence and one.bytes > 1e6


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "../escape.pth"}, "'../escape.pth' is not a plain file name"),
        ({"name": ".hidden"}, "'.hidden' is not a plain file name"),
        ({"urls": ["file:///etc/passwd"]}, "file:///etc/passwd: expected an address that begins with https://"),
        ({"urls": ["http://example.org/a"]}, "http://example.org/a: expected an address that begins with https://"),
        ({"bytes": "many"}, "'many' is no number"),
        ({"urls": None}, "a part of it is of another kind"),
    ],
)
def test_a_wrong_entry_of_the_catalogue_is_named(change: dict[str, object], said: str, tmp_path: Path) -> None:
    listed = json.loads((weights.MODELS / "catalogue.json").read_text())
    listed["mobilenet-v2"]["files"][0] |= change
    (tmp_path / "catalogue.json").write_text(json.dumps(listed))
    with pytest.raises(BridgeError, match=rf"catalogue\.json: entry 'mobilenet-v2' is wrong: .*{said}"):
        offers(tmp_path)


def test_a_sources_file_that_is_broken_says_what_to_do(checkpoint: Path) -> None:
    folder = pull(BIGGAN, stage, str(checkpoint.parent))
    (folder / "sources.json").write_text("[")
    next(folder.glob("*.safetensors")).unlink()
    with pytest.raises(BridgeError, match=r"sources\.json: broken; python bridge\.py models remove biggan-deep-128"):
        pull(BIGGAN, stage, str(checkpoint.parent))
    model_sets.remove(BIGGAN)
    assert pull(BIGGAN, stage, str(checkpoint.parent)) == folder
