"""Shaders are tried in another process: what one does to the graphics driver is told, and the others are tried too."""

import os
from pathlib import Path

import pytest

from deepsing_bridge.generators.trial import fault, faults
from tests.opengl import left_after, opengl
from tests.shaders.sources import source

GOOD = source("void main() { gl_FragColor = vec4(isf_FragNormCoord, 0.5, 1.0); }")
ENDLESS = """void main() {
    float sum = 0.0;
    for (int i = 0; i < 2000000000; i++) for (int j = 0; j < 2000000000; j++) sum += sin(float(i) * TIME + float(j));
    gl_FragColor = vec4(sum);
}"""


@pytest.fixture(autouse=True)
def drawn() -> None:
    opengl()


def write(folder: Path, **texts: str) -> list[Path]:
    for name, text in texts.items():
        (folder / f"{name}.fs").write_text(text)
    return [folder / f"{name}.fs" for name in texts]


def test_what_cannot_be_shown_is_told_and_the_others_are_tried(tmp_path: Path) -> None:
    files = write(
        tmp_path,
        good=GOOD,
        wrong=source("\nvoid main() {\n    gl_FragColor = nothing_like_it;\n}"),
        filter=source("void main() {}", INPUTS=[{"NAME": "inputImage", "TYPE": "image"}]),
        dark=source("void main() { gl_FragColor = vec4(0.0); }"),
        fine=GOOD,
    )
    told: list[tuple[int, int]] = []
    found = faults(files, lambda done, total: told.append((done, total)))
    assert [file.stem for file in found] == ["wrong", "filter", "dark"]
    assert "wrong.fs does not compile: line " in found[files[1]] and "nothing_like_it" in found[files[1]]
    assert "picture from outside" in found[files[2]]
    assert "most of its pictures show nothing" in found[files[3]]
    assert told == [(number, 5) for number in range(1, 6)]


@pytest.mark.slow
def test_one_that_hangs_ends_nothing_else(tmp_path: Path) -> None:
    files = write(tmp_path, first=GOOD, endless=source(ENDLESS), last=GOOD)
    found = faults(files, patience_s=15.0)
    assert list(found) == [files[1]]
    assert "not drawn within 15 s" in found[files[1]] or "at most 1" in found[files[1]]


@pytest.mark.slow
def test_one_that_asks_for_all_memory_gets_little_of_it(tmp_path: Path) -> None:
    doubled = "".join(f"#define A{n} A{n - 1} A{n - 1}\n" for n in range(1, 34))
    files = write(tmp_path, first=GOOD, bomb=source(f"#define A0 1.0 +\n{doubled}void main() {{ float x = A33 1.0; }}"))
    found = faults(files)
    assert list(found) == [files[1]]
    assert "more than 4 GiB" in found[files[1]] or "not drawn within" in found[files[1]]


def test_the_graphics_driver_keeps_nothing_of_what_was_tried(tmp_path: Path) -> None:
    """A thousand of them may be tried by one process, whose memory is limited."""
    good, broken = write(tmp_path, good=GOOD, broken=source("void main() { x; }"))
    assert left_after(lambda: [fault(good), fault(broken)]) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_and_a_large_file_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.fs")
    (tmp_path / "large.fs").write_bytes(GOOD.encode() + b" " * 2**20)
    found = faults([tmp_path / "pipe.fs", tmp_path / "large.fs"])
    assert "not a file" in found[tmp_path / "pipe.fs"] and "1,048,576 bytes" in found[tmp_path / "large.fs"]
