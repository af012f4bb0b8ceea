"""Tiny made-up data sets in the exact layout of the published ones: DEAM, OASIS, and a folder of class folders.

What is louder and brighter is rated more arousing and less pleasant; what is redder more pleasant, and what has more
contrast more arousing.
"""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.sounds import write_sound

SONGS = (2, 3, 4, 5, 7, 10, 12, 13, 1001, 2001, 2002, 2003)
"""Ids as DEAM has them: with gaps, and those of 2015 beyond 2000."""
EXCERPT_S = 18.0
SAMPLE_RATE = 44_100
FIRST_MS, STEP_MS = 15_000, 500
DYNAMIC = "dynamic (per second annotations)"
STATIC = "song_id, valence_mean, valence_std, arousal_mean, arousal_std"
STATIC_2015 = ", ".join(
    ["song_id"]
    + [
        f"{axis}{part}_{figure}"
        for axis in ("valence", "arousal")
        for part in ("", "_max", "_min")
        for figure in ("mean", "std")
    ]
)


def write_deam(folder: Path) -> Path:
    """DEAM_audio.zip and DEAM_Annotations.zip, each unpacked into a folder named after it."""
    sounds = folder / "DEAM_audio" / "MEMD_audio"
    averaged = folder / "DEAM_Annotations" / "annotations" / "annotations averaged per song"
    for place in (sounds, averaged / DYNAMIC, averaged / "song_level"):
        place.mkdir(parents=True)
    for number, song in enumerate(SONGS):
        write_sound(sounds / f"{song}.mp3", sound(number)[None], SAMPLE_RATE, "mp3", "fltp")
    for axis, sign in (("arousal", 1), ("valence", -1)):
        _write_dynamic(averaged / DYNAMIC / f"{axis}.csv", sign)
    _write_static(averaged / "song_level" / "static_annotations_averaged_songs_1_2000.csv", STATIC, range(2001))
    _write_static(
        averaged / "song_level" / "static_annotations_averaged_songs_2000_2058.csv", STATIC_2015, range(2001, 2059)
    )
    return folder


def felt(number: int) -> float:
    """What song or photo `number` is rated in arousal, −1..1."""
    return 2 * number / (len(SONGS) - 1) - 1


def sound(number: int) -> NDArray[np.float32]:
    """A chord under a hiss, (n,): the later in the list, the louder and the brighter."""
    rng = np.random.default_rng(number)
    time = np.arange(round(EXCERPT_S * SAMPLE_RATE)) / SAMPLE_RATE
    chord = np.sum([np.sin(2 * np.pi * pitch * time) for pitch in (220, 277, 330)], axis=0) / 3
    loudness = (1 + number) / len(SONGS)
    samples = chord + loudness * rng.normal(size=len(time))
    return (0.8 * loudness * samples / np.abs(samples).max()).astype(np.float32)


def _write_dynamic(path: Path, sign: int) -> None:
    """The table is as wide as its longest song, and empty after the end of a shorter one."""
    moments = range(FIRST_MS, round(EXCERPT_S * 1000) + 10_000, STEP_MS)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["song_id", *(f"sample_{moment}ms" for moment in moments)])
        for number, song in enumerate(SONGS):
            ratings = [f"{0.6 * sign * felt(number):.4f}" if moment < EXCERPT_S * 1000 else "" for moment in moments]
            writer.writerow([song, *ratings])


def _write_static(path: Path, heads: str, ids: range) -> None:
    """Spaces after the commas of the heads, as published; 1..9."""
    lines = [heads]
    for number, song in enumerate(SONGS):
        if song in ids:
            means = {"arousal_mean": 5 + 3 * felt(number), "valence_mean": 5 - 3 * felt(number)}
            lines.append(",".join(str(song) if n == "song_id" else f"{means.get(n, 1.5):g}" for n in heads.split(", ")))
    path.write_text("\n".join(lines) + "\n")


THEMES = ("Acorns", "Angry face", "Beach", "Cat", "Car crash", "Dog", "Fire", "Lake", "Mother", "Rain", "Snow", "War")
PHOTOS_A_THEME = 2
OASIS_HEADS = ",Theme,Category,Source,Valence_mean,Valence_SD,Valence_N,Arousal_mean,Arousal_SD,Arousal_N"


def write_oasis(folder: Path) -> Path:
    """OASIS.csv, whose lines end as old Macs' did and whose first column has no name, and images/."""
    (folder / "images").mkdir(parents=True)
    rng = np.random.default_rng(0)
    lines = [OASIS_HEADS]
    for number in range(len(THEMES) * PHOTOS_A_THEME):
        name = f"{THEMES[number // PHOTOS_A_THEME]} {1 + number % PHOTOS_A_THEME}"
        red, contrast = rng.uniform(0.1, 0.9, 2)
        photo(red, contrast, rng).save(folder / "images" / f"{name}.jpg", quality=90)
        lines.append(f"I{number + 1},{name},Object,Pixabay,{1 + 6 * red:.6f},0.95,102,{1 + 6 * contrast:.6f},1.6,101")
    (folder / "OASIS.csv").write_bytes("\r".join(lines).encode())
    return folder


def photo(red: float, contrast: float, rng: np.random.Generator) -> Image.Image:
    """Checks of 40 pixels, 500×400 as OASIS's photos are, so much red in them, so far apart."""
    checks = (np.indices((400, 500)).sum(0) // 40 % 2 - 0.5) * contrast
    pixels = np.stack([red + checks, 0.5 + checks, 1 - red + checks], axis=-1) + 0.02 * rng.normal(size=(400, 500, 1))
    return Image.fromarray((255 * pixels.clip(0, 1)).astype(np.uint8))


CLASSES = ("checks", "stripes", "tiles", "waves", "zigzag")


def write_class_folders(folder: Path, classes: tuple[str, ...] = CLASSES, each: int = 7) -> Path:
    """Pictures of another kind in each class folder, some JPEG and some PNG."""
    rng = np.random.default_rng(0)
    y, x = np.indices((90, 120))
    for kind, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        pattern = ((x + y * (kind % 2)) // (12 * (1 + kind // 2)) + (y // 12) * (1 - kind % 2)) % 2
        for number in range(each):
            pixels = pattern[..., None] * rng.uniform(80, 255, 3) + rng.uniform(0, 40, 3)
            suffix = "png" if number % 2 else "JPG"
            Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / name / f"{number}.{suffix}")
    return folder
