"""ISF shaders drawn by another host: headless Chromium with npm's interactive-shader-format."""

import base64
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

PACKAGE = "interactive-shader-format-2.9.0"
CACHE = Path("/var/cache/deepsing-bridge-tests")
"""Where .ci/programs puts it."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(shutil.which, NAMES), NAMES[0])
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)
PATIENCE_S = 540
PAGE = """<!doctype html><meta charset="utf-8"><canvas id="canvas"></canvas><pre id="drawn"></pre><script>
const files = {}, loaded = {};
FILES
function require(path) {
    const name = path.split('/').pop().replace('.js', '');
    if (!(name in files)) return {};
    if (!(name in loaded)) { loaded[name] = { exports: {} }; files[name](loaded[name], loaded[name].exports); }
    return loaded[name].exports;
}
function drawn(renderer, gl, canvas, wish) {
    canvas.width = wish.width; canvas.height = wish.height;
    renderer.loadSource(wish.source);
    if (!renderer.valid) throw renderer.error;
    for (const name in wish.values) renderer.setValue(name, wish.values[name]);
    renderer.startTime = 0;
    Date.now = () => 1000 * wish.time_s;
    renderer.draw(canvas);
    const pixels = new Uint8Array(4 * wish.width * wish.height);
    gl.readPixels(0, 0, wish.width, wish.height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    if (gl.getError()) throw new Error('an error of WebGL');
    let text = '';
    for (const byte of pixels) text += String.fromCharCode(byte);
    return { pixels: btoa(text) };
}
const canvas = document.getElementById('canvas');
const gl = canvas.getContext('webgl', { alpha: false, antialias: false, preserveDrawingBuffer: true });
const { Renderer } = require('main');
const renderer = gl && new Renderer(gl);
document.getElementById('drawn').textContent = JSON.stringify(WISHES.map(wish => {
    try { return drawn(renderer, gl, canvas, wish); }
    catch (error) { return { error: error.message || String(error) }; }
}));
</script>"""


@dataclass(frozen=True)
class Wish:
    """A shader's text, the values of its inputs, and the moment and the size at which it is to be drawn."""

    source: str
    values: dict[str, object]
    time_s: float
    width: int
    height: int


def draw(wishes: list[Wish], folder: Path) -> list[np.ndarray | str]:
    """(height, width, 3) uint8 of each, or what was wrong; `folder` is for files of the browser's."""
    page = folder / "page.html"
    page.write_text(PAGE.replace("FILES", _files()).replace("WISHES", _script(json.dumps([vars(w) for w in wishes]))))
    run = subprocess.run(
        [BROWSER, *FLAGS, f"--user-data-dir={folder / 'profile'}", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    found = re.search(r'<pre id="drawn">(.*?)</pre>', run.stdout, re.DOTALL)
    assert found and found[1], run.stderr[-2000:]
    told = json.loads(found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    return [_picture(each, wish) for each, wish in zip(told, wishes, strict=True)]


def _picture(told: dict[str, str], wish: Wish) -> np.ndarray | str:
    if "error" in told:
        return told["error"]
    pixels = np.frombuffer(base64.b64decode(told["pixels"]), np.uint8)
    return pixels.reshape(wish.height, wish.width, 4)[::-1, :, :3]


def _files() -> str:
    """The package's files as functions, by their names."""
    folder = CACHE / PACKAGE
    paths = sorted([*folder.glob("lib/*.js"), *folder.glob("vendor/*.js")])
    return "\n".join(f"files[{p.stem!r}] = function (module, exports) {{ {_script(p.read_text())}\n}};" for p in paths)


def _script(text: str) -> str:
    return text.replace("</script", "<\\/script")
