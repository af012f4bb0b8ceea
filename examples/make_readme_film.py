"""The film at the top of the README: a few seconds of a story's preview, as an animated WebP.

    python examples/make_readme_film.py out/demo docs/demo.webp

Takes the moments around some of the story's cuts. Browsers show WebP as they do GIF, which has 256 colours at most, and
bands in every sky.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from deepsing_bridge.export.video import read_frames
from deepsing_bridge.story.story_file import json_to_storyboard
from deepsing_bridge.story.storyboard import Storyboard

SIDE = 640  # pixels
EVERY = 2  # frames of the preview become one
AROUND_S = 0.75  # of the film, before and after each cut
CUTS = 6
QUALITY = 75  # of WebP, 0..100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("story", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    board = json_to_storyboard((given.story / "story.json").read_text("utf-8"))
    frames = list(_frames(given.story, board))
    lasts_ms = round(1000 * EVERY / board.frame_rate)
    frames[0].save(
        given.out, save_all=True, append_images=frames[1:], duration=lasts_ms, loop=0, quality=QUALITY, method=4
    )


def _frames(story: Path, board: Storyboard) -> Iterator[Image.Image]:
    borders = [
        index for index in range(1, len(board.scenes)) if board.scenes[index].label != board.scenes[index - 1].label
    ]
    chosen = borders[:: max(1, len(borders) // CUTS)][:CUTS]
    shown = set[int]()
    for index in chosen:
        cut = round(board.scenes[index].start_s * board.frame_rate)
        reach = round(AROUND_S * board.frame_rate)
        shown |= set(range(cut - reach, cut + reach, EVERY))
    for number, pixels in enumerate(read_frames(story / "preview.mp4")):
        if number in shown:
            picture = Image.fromarray(pixels)
            picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
            yield picture


if __name__ == "__main__":
    main()
