"""The shipped worlds are ISF as others read it: they run unchanged in a browser, and look the same there."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.generators.protocol import truncated_normal
from deepsing_bridge.generators.worlds import LATENT_DIM, WORLDS, values_of
from deepsing_bridge.shaders import isf
from deepsing_bridge.shaders.isf import Shader
from deepsing_bridge.shaders.program import Program, Tick
from deepsing_bridge.weights.files import MODELS
from tests import browser
from tests.browser import BROWSER, CACHE, PACKAGE, Wish
from tests.opengl import opengl
from tests.shaders.sources import source

FILES = sorted((MODELS / WORLDS).glob("*.fs"))
MOMENTS = ((3.0, 160, 90), (431.0, 90, 160))
MUSIC = {"pulse": 0.6, "bass": 0.4, "mid": 0.5, "treble": 0.7, "energy": 0.8}
LARGEST_DIFFERENCE = 4.0  # of 255, on average
pytestmark = [
    pytest.mark.slow,
    pytest.mark.program(BROWSER),
    pytest.mark.skipif(
        not (CACHE / PACKAGE).is_dir(), reason=f"npm's {PACKAGE} is not in {CACHE}; .ci/programs puts it there"
    ),
]


@dataclass(frozen=True)
class Drawn:
    """Of one shader: by the browser, in words if it could not, and by us."""

    theirs: list[np.ndarray | str]
    ours: list[np.ndarray]


def wishes(file: Path, shader: Shader) -> list[Wish]:
    """In two shapes: as it is by default, and by chance."""
    chance = truncated_normal(1, LATENT_DIM, seed=1).numpy()[0]
    values = [shader.defaults, values_of(shader, chance)]
    return [Wish(file.read_text(), {**v, **MUSIC}, *m) for v, m in zip(values, MOMENTS, strict=True)]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Drawn]:
    """All of them, as a browser takes seconds to start."""
    gl = opengl()
    shaders = {file: isf.read(file) for file in FILES}
    wanted = {file: wishes(file, shader) for file, shader in shaders.items()}
    pictures = iter(browser.draw([w for each in wanted.values() for w in each], tmp_path_factory.mktemp("browser")))
    found = {}
    for file, each in wanted.items():
        program = Program(shaders[file], gl)
        ours = [program.draw(w.width, w.height, w.values, Tick(w.time_s)) for w in each]  # type: ignore[arg-type]
        found[file.stem] = Drawn([next(pictures) for _ in each], ours)
        program.close()
    return found


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_a_world_looks_the_same_in_a_browser(drawn: dict[str, Drawn], name: str) -> None:
    for theirs, ours in zip(drawn[name].theirs, drawn[name].ours, strict=True):
        assert not isinstance(theirs, str), theirs
        assert np.abs(theirs.astype(int) - ours).mean() <= LARGEST_DIFFERENCE


def test_the_browser_complains_of_what_is_wrong_and_draws_what_is_asked(tmp_path: Path) -> None:
    wrong = Wish(source("void main() { gl_FragColor = vec4(nothing_like_it); }", INPUTS=[]), {}, 0.0, 4, 4)
    body = "void main() { gl_FragColor = vec4(isf_FragNormCoord.y, TIME / 10.0, level, 1.0); }"
    right = Wish(source(body, INPUTS=[{"NAME": "level", "TYPE": "float"}]), {"level": 0.25}, 5.0, 4, 8)
    complaint, picture = browser.draw([wrong, right], tmp_path)
    assert isinstance(complaint, str) and "nothing_like_it" in complaint
    assert not isinstance(picture, str) and picture.shape == (8, 4, 3)
    assert picture[0, 0].tolist() == pytest.approx([239, 128, 64], abs=1)
