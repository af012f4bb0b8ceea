"""Four short pieces, written as MIDI and played by FluidSynth, each of which can be played in another manner."""

import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import mido
import soundfile

MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
SOUNDS = Path("/usr/share/sounds/sf2/TimGM6mb.sf2")
TICKS = 480  # a beat
BARS, BEATS = 8, 4
LEAD, CHORDS, BASS, PAD, DRUMS = 0, 1, 2, 3, 9  # MIDI channels
VOLUMES = {LEAD: 85, CHORDS: 70, BASS: 85, PAD: 70, DRUMS: 127}
CLEAN, DISTORTED = 27, 30  # General MIDI's electric guitars
KICK, SNARE, STICK, HAT, CRASH, MARACAS = 36, 38, 37, 42, 49, 70
Hit = tuple[float, int, int]
"""Beat, drum, velocity."""


def _every(step: float, drum: int, velocity: int) -> list[Hit]:
    return [(index * step, drum, velocity) for index in range(round(BEATS / step))]


POP: list[Hit] = [(0, KICK, 100), (2, KICK, 100), (1, SNARE, 95), (3, SNARE, 95), *_every(0.5, HAT, 70)]
ROCK: list[Hit] = [
    *((beat, KICK, 110) for beat in (0, 1.5, 2)),
    *((beat, SNARE, 110) for beat in (1, 3)),
    *_every(0.5, HAT, 85),
    (0, CRASH, 70),
]
SOFT: list[Hit] = [(0, KICK, 80), (2, KICK, 75), (1, STICK, 60), (3, STICK, 60), *_every(1, HAT, 45)]
LATIN: list[Hit] = [
    *((beat, KICK, 85) for beat in (0, 1.5, 2, 3.5)),
    (1, STICK, 80),
    (2.5, STICK, 80),
    *_every(0.5, MARACAS, 60),
]


@dataclass(frozen=True)
class Piece:
    """`root`, a MIDI note; `chords`, degrees, one a bar; `melody`, of every bar: beat, degree over the chord, beats."""

    name: str
    root: int
    beats_per_minute: float
    chords: tuple[int, ...]
    lead: int
    strummed: int
    bass: int
    pad: int
    drums: list[Hit]
    melody: tuple[tuple[float, int, float], ...]
    scale: tuple[int, ...] = MAJOR
    velocity: float = 1.0

    def note(self, degree: int, octave: int = 0) -> int:
        return self.root + self.scale[degree % 7] + 12 * (degree // 7 + octave)

    @property
    def seconds(self) -> float:
        return BARS * BEATS * 60 / self.beats_per_minute


PIECES = (
    Piece("pop", 60, 112, (0, 4, 5, 3), 0, CLEAN, 33, 48, POP, ((0, 4, 0.5), (0.5, 4, 0.5), (1, 2, 1), (2, 3, 2))),
    Piece(
        "rock", 57, 126, (0, 3, 4, 3), CLEAN, CLEAN, 34, 18, ROCK, ((0, 0, 0.5), (0.5, 2, 0.5), (1, 4, 2), (3, 2, 1))
    ),
    Piece("folk", 62, 96, (0, 3, 0, 4), 73, 25, 32, 48, SOFT, ((0, 2, 1), (1, 4, 1), (2, 5, 0.5), (2.5, 4, 1.5))),
    Piece("latin", 65, 104, (0, 5, 1, 4), 11, CLEAN, 32, 89, LATIN, ((0, 4, 0.75), (0.75, 2, 0.75), (1.5, 3, 2.5))),
)

MANNERS: dict[str, Callable[[Piece], Piece]] = {
    "plain": lambda piece: piece,
    "slower": lambda piece: replace(piece, beats_per_minute=0.7 * piece.beats_per_minute),
    "faster": lambda piece: replace(piece, beats_per_minute=1.35 * piece.beats_per_minute),
    "softer": lambda piece: replace(piece, velocity=0.55),
    "without drums": lambda piece: replace(piece, drums=[]),
    "minor": lambda piece: replace(piece, scale=MINOR),
    "distorted": lambda piece: replace(
        piece, strummed=DISTORTED, lead=DISTORTED if piece.lead == CLEAN else piece.lead
    ),
}


def play(piece: Piece, path: Path) -> Path:
    """The piece as a sound file, without what still rings after its last bar."""
    score = path.with_suffix(".mid")
    _score(piece).save(score)
    command = ["fluidsynth", "-ni", "-q", "-g", "0.6", "-r", "44100", "-F", str(path), str(SOUNDS), str(score)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    samples, rate = soundfile.read(path)
    soundfile.write(path, samples[: round(piece.seconds * rate)], rate)
    return path


def _score(piece: Piece) -> mido.MidiFile:
    rng, events = random.Random(piece.name), []

    def add(channel: int, start: float, note: int, beats: float, velocity: float) -> None:
        """As a hand plays it: nearly in time, nearly even."""
        tick = round(max(0, start + rng.uniform(-0.01, 0.01)) * TICKS)
        loud = max(1, min(127, round(velocity * piece.velocity + rng.uniform(-4, 4))))
        events.append((tick, 2, mido.Message("note_on", channel=channel, note=note, velocity=loud)))
        off = mido.Message("note_off", channel=channel, note=note)
        events.append((tick + round(0.95 * beats * TICKS), 1, off))

    for channel, volume in VOLUMES.items():
        events.append((0, 0, mido.Message("control_change", channel=channel, control=7, value=volume)))
    for channel, sound in ((LEAD, piece.lead), (CHORDS, piece.strummed), (BASS, piece.bass), (PAD, piece.pad)):
        events.append((0, 0, mido.Message("program_change", channel=channel, program=sound)))
    power_chords = piece.strummed == DISTORTED
    for bar in range(BARS):
        root, start = piece.chords[bar % len(piece.chords)], bar * BEATS
        for beat, degree, beats in piece.melody:
            add(LEAD, start + beat, piece.note(root + degree, 1), beats, 96)
        for half in range(2 * BEATS):
            for degree in (0, 4) if power_chords else (0, 2, 4):
                add(CHORDS, start + half / 2, piece.note(root + degree, -power_chords), 0.45, 72 if half % 2 else 84)
        for beat, degree in ((0, 0), (1.5, 0), (2, 4), (3, 0)):
            add(BASS, start + beat, piece.note(root + degree, -2), 0.9, 92)
        for degree in (0, 2, 4):
            add(PAD, start, piece.note(root + degree), BEATS, 54)
        for beat, drum, velocity in piece.drums:
            add(DRUMS, start + beat, drum, 0.2, velocity)
    return _timed(sorted(events, key=lambda event: event[:2]), piece.beats_per_minute)


def _timed(events: list[tuple[int, int, mido.Message]], beats_per_minute: float) -> mido.MidiFile:
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(beats_per_minute))])
    now = 0
    for tick, _, message in events:
        track.append(message.copy(time=tick - now))
        now = tick
    return mido.MidiFile(ticks_per_beat=TICKS, tracks=[track])
