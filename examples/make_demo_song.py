"""Composes the demo song and renders it: `python examples/make_demo_song.py`.

One four-note motif goes through four parts: calm (F major), sad (D minor), tense (D Phrygian) and bright
(D major). The composition is written as demo.mid, always the same bytes; FluidSynth plays it with the FluidR3
samples, and what it plays is levelled and written as demo.ogg. Needs `fluidsynth` and `fluid-soundfont-gm`
(Debian's names of both); the project itself needs neither, since the song is committed.
"""

import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import mido
import numpy as np
import soundfile
from numpy.typing import NDArray

HERE = Path(__file__).parent
SOUNDFONTS = (Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"), Path("/usr/share/soundfonts/FluidR3_GM.sf2"))
SAMPLE_RATE = 44_100
TICKS = 480  # a quarter note
BEATS = 4  # a bar
SEED = 7
TIMING_SPREAD_S = 0.006  # standard deviation of an ensemble that plays together well
VELOCITY_SPREAD = 4.0
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True)
class Instrument:
    """`program` of General MIDI, `pan` 0 left to 127 right, `volume` and `reverb` 0..127."""

    channel: int
    program: int
    pan: int
    volume: int
    reverb: int = 60


INSTRUMENTS = {
    "piano": Instrument(0, 0, 58, 104),
    "strings": Instrument(1, 48, 64, 92, 80),
    "cello": Instrument(2, 42, 76, 112, 80),
    "guitar": Instrument(3, 25, 34, 88, 40),
    "bass": Instrument(4, 33, 64, 104, 10),
    "horns": Instrument(5, 60, 46, 96, 80),
    "tremolo": Instrument(6, 44, 72, 100, 70),
    "timpani": Instrument(7, 47, 64, 118, 70),
    "bells": Instrument(8, 9, 92, 78, 70),
    "drums": Instrument(9, 0, 64, 112, 30),
    "flute": Instrument(10, 73, 80, 76, 90),
    "ostinato": Instrument(11, 48, 58, 118, 40),
    "brass": Instrument(12, 61, 60, 108, 60),
    "distortion": Instrument(13, 30, 40, 74, 30),
    "pluck": Instrument(14, 25, 96, 80, 40),
}
DRUMS = {
    "kick": 36,
    "snare": 38,
    "hat": 42,
    "open": 46,
    "crash": 49,
    "tambourine": 54,
    "low": 41,
    "mid": 45,
    "high": 48,
}


@dataclass(frozen=True)
class Note:
    """`beat` counts quarter notes from the part's start; `velocity` 1..127."""

    instrument: str
    beat: float
    beats: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Swell:
    """`instrument` goes from one loudness (MIDI expression, 0..127) to another."""

    instrument: str
    beat: float
    beats: float
    start: int
    end: int


@dataclass(frozen=True)
class Part:
    """A stretch of the piece in one tempo."""

    name: str
    tempo: int  # quarter notes a minute
    bars: int
    notes: tuple[Note, ...]
    swells: tuple[Swell, ...] = ()

    @property
    def duration_s(self) -> float:
        return self.bars * BEATS * 60 / self.tempo


def pitch(name: str) -> int:
    """MIDI number of `C4`, `Bb3` or `F#5`."""
    return 12 * (int(name[-1]) + 1) + SEMITONES[name[0]] + name.count("#") - name.count("b", 1)


def melody(instrument: str, text: str, velocity: int, beat: float = 0.0, shift: int = 0) -> list[Note]:
    """Notes one after another: `A4:1.5` is a pitch and its quarter notes, `r:1` a rest, `|` a bar line."""
    notes = []
    for token in text.replace("|", " ").split():
        name, beats = token.split(":")
        if name != "r":
            notes.append(Note(instrument, beat, float(beats) * 0.97, pitch(name) + shift, velocity))
        beat += float(beats)
    return notes


def chords(instrument: str, text: str, beats: float, velocity: int, beat: float = 0.0) -> list[Note]:
    """Held chords of equal length: `D3 A3 F4, C#3 A3 E4`."""
    return [
        Note(instrument, beat + beats * index, beats, pitch(name), velocity)
        for index, chord in enumerate(text.split(","))
        for name in chord.split()
    ]


def steps(instrument: str, chord: str, pattern: str, step: float, beat: float, gate: float = 0.9) -> list[Note]:
    """A chord struck wherever `pattern` has a digit: 1 soft to 9 loud, `.` silent, one character a `step`."""
    return [
        Note(instrument, beat + index * step, step * gate, pitch(name), 12 * int(mark) + 16)
        for index, mark in enumerate(pattern)
        if mark != "."
        for name in chord.split()
    ]


def strum(chord: str, pattern: str, beat: float) -> list[Note]:
    """Guitar strokes in eighths, strings one after another; up-strokes start from the top string."""
    notes = []
    for note in steps("guitar", chord, pattern, 0.5, beat, gate=0.98):
        order = chord.split() if (note.beat - beat) % 1 == 0 else chord.split()[::-1]
        rank = [pitch(name) for name in order].index(note.pitch)
        notes.append(replace(note, beat=note.beat + 0.022 * rank))
    return notes


def drums(name: str, pattern: str, beat: float) -> list[Note]:
    """A drum in sixteenths, marked as in `steps`."""
    return [
        Note("drums", beat + index / 4, 0.2, DRUMS[name], 12 * int(mark) + 16)
        for index, mark in enumerate(pattern)
        if mark != "."
    ]


def roll(instrument: str, key: int, beat: float, beats: float, start: int, end: int) -> list[Note]:
    """Thirty-seconds that grow from one velocity to another."""
    count = int(beats * 8)
    velocities = np.linspace(start, end, count).round().astype(int).tolist()
    return [Note(instrument, beat + i / 8, 0.12, key, velocity) for i, velocity in enumerate(velocities)]


def calm() -> Part:
    """F major, slow: a piano by itself, then a flute over strings."""
    arpeggios = (
        "F2 C3 G3 A3 C4 A3 G3 C3",
        "Bb2 F3 A3 C4 D4 C4 A3 F3",
        "A2 F3 G3 C4 F4 C4 G3 F3",
        "G2 D3 F3 Bb3 D4 Bb3 F3 D3",
        "C3 G3 Bb3 D4 F4 D4 Bb3 G3",
    )
    accompaniment = " ".join(f"{name}:0.5" for bar in arpeggios for name in bar.split())
    song = "C5:1 F5:1 G5:0.5 A5:1.5 | A5:0.5 G5:0.5 F5:1 D5:2"
    answer = "C5:1 F5:1 A5:0.5 C6:1.5 | Bb5:1 A5:0.5 G5:0.5 D5:2 | G5:1.5 F5:0.5 D5:2"
    pad = "F3 C4 A4, F3 D4 A4, F3 C4 A4, G3 D4 Bb4, G3 D4 F4"
    notes = [
        *melody("piano", accompaniment, 80),
        *melody("piano", song, 110),
        *melody("flute", answer, 90, beat=8),
        *chords("strings", pad, 4, 82),
    ]
    return Part("calm", 72, 5, tuple(notes), (Swell("strings", 0, 8, 30, 70), Swell("strings", 16, 4, 70, 50)))


def sad() -> Part:
    """D minor, slower: a cello over the old lament bass, D C# C B Bb A G A."""
    lament = (
        "D3 A3 D4 F4, C#3 A3 C#4 E4, C3 A3 D4 F4, B2 G3 D4 F4, Bb2 F3 A3 D4, A2 F3 A3 D4, G2 D3 Bb3 E4, A2 E3 A3 C#4"
    )
    song = "A3:1 D4:1 E4:1.5 C#4:0.5 | F4:1 A4:1 G4:1.5 F4:0.5 | F4:1 D4:1 F4:0.5 E4:0.5 D4:1 | Bb3:1 E4:1 C#4:2"
    piano = "D2:1 F4:1 C#2:1 E4:1 | C2:1 F4:1 B1:1 D4:1 | Bb1:1 D4:1 A1:1 D4:1 | G1:1 E4:1 A1:1 C#4:1"
    notes = [
        *chords("strings", lament, 2, 76),
        *melody("cello", song, 98),
        *melody("piano", piano, 86),
        *roll("timpani", pitch("A2"), 14, 2, 24, 70),
    ]
    swells = (
        *(Swell("cello", 4 * bar, 2, 80, 112) for bar in range(4)),
        Swell("strings", 0, 8, 50, 80),
        Swell("strings", 8, 8, 80, 44),
    )
    return Part("sad", 60, 4, tuple(notes), swells)


def tense_bar(bar: int, root: int, stab: str) -> list[Note]:
    """The low strings' figure, `root` semitones from D, under brass stabs, timpani and toms."""
    figure = "D2:0.5 D2:0.5 Eb2:0.5 D2:0.5 D2:0.5 C#2:0.5 D2:0.5 F2:0.5"
    beat = bar * BEATS
    return [
        *melody("ostinato", figure, 104 + bar, beat, shift=root),
        *melody("ostinato", figure, 92 + bar, beat, shift=root + 12),
        *steps("brass", stab, "8..8..8.", 0.5, beat, gate=0.7),
        *steps("timpani", "D2", "9..7..8.", 0.5, beat),
        *drums("kick", "9...8...9...8.6.", beat),
        *drums("low", "9..5..8..5..8.57", beat),
        *drums("mid", "......6.....7.6.", beat),
        *drums("hat", "7.3.7.3.7.3.7.3.", beat),
    ]


def tense_drive(bar: int, root: int) -> list[Note]:
    """What joins in from the third bar on: distorted fifths and the snare."""
    power = steps("distortion", "D2 A2", "85758575", 0.5, bar * BEATS, gate=0.6)
    fifths = [replace(note, pitch=note.pitch + root) for note in power]
    return [*fifths, *drums("snare", "....9.......9..3", bar * BEATS)]


def tense() -> Part:
    """D Phrygian, fast: a low ostinato against 3 + 3 + 2 accents, rising to a dominant that stops short."""
    roots = [0, 0, 0, 1, 0, 0, -4, -2, -5]  # semitones from D; the tenth bar has no ostinato
    stabs = [
        "D3 A3 D4",
        "",
        "D3 A3 D4",
        "Eb3 Bb3 Eb4",
        "D3 Ab3 D4",
        "",
        "Bb2 E3 Bb3",
        "G2 E3 Bb3",
        "A2 G3 C#4",
    ]
    clusters = "A4 D5, A4 D5, A4 D5, Bb4 Eb5, Ab4 Eb5, Ab4 D5, Bb4 E5, Bb4 E5, C#5 G5, C#5 Bb5"
    call = "A3:1 D4:1 Eb4:1 F4:1 | Eb4:3 r:1 | Ab3:1 D4:1 Eb4:1 Ab4:1 | F4:3 r:1"
    notes = [
        *chords("tremolo", clusters, 4, 84),
        *melody("horns", call, 100, beat=8),
        *melody("piano", "D1:4 r:4 D1:4 Eb1:4 D1:4 r:4 Bb1:4 C2:4 A1:4", 108),
        *(note for beat in (0, 16, 32) for note in drums("crash", "9", beat)),
        *roll("timpani", pitch("A2"), 36, 3, 50, 124),
        *roll("drums", DRUMS["snare"], 36, 3, 40, 116),
        *steps("brass", "A2 G3 Bb3 C#4", "9999..", 0.5, 36, gate=0.8),
        *steps("ostinato", "A1 A2", "8888888888888...", 0.25, 36, gate=0.8),
    ]
    for bar, (root, stab) in enumerate(zip(roots, stabs, strict=True)):
        notes += tense_bar(bar, root, stab)
    for bar, root in enumerate(roots[2:], start=2):
        notes += tense_drive(bar, root)
    return Part("tense", 140, 10, tuple(notes), (Swell("tremolo", 0, 39, 50, 124),))


BRIGHT_SONG = (
    "A4:0.5 D5:0.5 E5:0.5 F#5:1.5 E5:0.5 D5:0.5 | E5:1.5 C#5:0.5 A4:1 C#5:0.5 E5:0.5 | "
    "F#5:1 B5:1 A5:0.5 F#5:0.5 D5:1 | G5:1.5 F#5:0.5 D5:1 B4:1 | "
    "A4:0.5 D5:0.5 E5:0.5 F#5:1.5 A5:0.5 F#5:0.5 | B5:1.5 A5:0.5 G5:1 F#5:0.5 G5:0.5 | "
    "G5:1 F#5:0.5 E5:0.5 E5:1 F#5:0.5 G5:0.5 | F#5:2 D5:1 E5:0.5 F#5:0.5 | "
    "G5:1 A5:0.5 B5:1.5 D6:1 | C#6:1 B5:0.5 A5:0.5 B5:1 C#6:1 | D6:6"
)
BRIGHT_CHORDS = {
    "D2": "D3 A3 D4 F#4",
    "C#2": "C#3 A3 C#4 E4",
    "B1": "B2 F#3 B3 D4",
    "G1": "G2 D3 B3 D4",
    "F#1": "F#2 D3 A3 D4",
    "E2": "E3 B3 D4 G4",
    "A1": "A2 E3 C#4 E4",
}


def bright_bar(bar: int, root: str) -> list[Note]:
    """The band: two guitars, bass, the piano's left hand and drums."""
    beat, chord = bar * BEATS, BRIGHT_CHORDS[root]
    upper = chord.split(maxsplit=1)[1]
    return [
        *strum(chord, "8.565565" if bar % 2 else "8.56.565", beat),
        *steps("pluck", upper, "6.54.545", 0.5, beat),
        *steps("bass", root, "86768676", 0.5, beat),
        *steps("piano", chord, "6..6..5.", 0.5, beat),
        *drums("kick", "9...8...9...8.6.", beat),
        *drums("snare", "....9.......9..4", beat),
        *drums("hat", "7353735373537353", beat),
        *drums("open", "..6...6...6...6.", beat),
        *drums("tambourine", "3.2.6.2.3.2.6.2.", beat),
    ]


def bright_end(beat: int) -> list[Note]:
    """The last chord, left to ring."""
    chord = "D3 A3 D4 F#4 A4"
    return [
        *(note for name in ("piano", "guitar", "brass") for note in chords(name, chord, 6, 96, beat)),
        *chords("bass", "D2", 6, 110, beat),
        *chords("timpani", "D2", 4, 110, beat),
        *drums("crash", "9", beat),
        *drums("kick", "9", beat),
    ]


def bright() -> Part:
    """D major, brisk: the motif comes home, with the whole band."""
    roots = ["D2", "C#2", "B1", "G1", "F#1", "G1", "E2", "D2", "G1", "A1"]
    end = len(roots) * BEATS
    bells = (
        "r:1.5 F#6:1.5 r:1 | E6:2 r:2 | F#6:1 B6:1 r:2 | G6:2 r:2 | "
        "r:1.5 F#6:1.5 r:1 | B6:2 r:2 | G6:1 B6:1 r:2 | F#6:2 r:2"
    )
    counter = "F#4:4 | E4:4 | D4:4 | D4:2 G4:2 | A4:4 | G4:2 B4:2 | B4:4 | A4:4 | B4:4 | C#5:4 | D5:6"
    notes = [
        *melody("strings", BRIGHT_SONG, 104),
        *melody("strings", BRIGHT_SONG, 88, shift=-12),
        *melody("piano", BRIGHT_SONG, 92),
        *melody("piano", BRIGHT_SONG, 84, shift=12),
        *melody("horns", counter, 88),
        *melody("bells", bells, 84),
        *(note for bar, root in enumerate(roots) for note in bright_bar(bar, root)),
        *(note for beat in (0, 16, 32) for note in drums("crash", "8", beat)),
        *drums("snare", "........5.6.6789", 28),
        *drums("high", "........7.7.....", 36),
        *drums("mid", "..........777...", 36),
        *drums("low", "............8.99", 36),
        *bright_end(end),
    ]
    swells = (
        Swell("horns", 0, 40, 80, 120),
        *(Swell(name, end + 2, 5, 110, 10) for name in ("strings", "brass", "horns", "bass")),
    )
    return Part("bright", 132, 11, tuple(notes), swells)


def parts() -> tuple[Part, ...]:
    """The piece, in the order in which it is played."""
    return calm(), sad(), tense(), bright()


@dataclass(frozen=True)
class Timed:
    """A message at an absolute `tick`; at one tick controls come first, then note ends, then starts."""

    tick: int
    order: int
    message: mido.Message


def humanise(note: Note, tempo: int, chance: random.Random) -> Note:
    """The note as a person plays it: a little early or late, a little softer or louder."""
    beat = max(0.0, note.beat + chance.gauss(0, TIMING_SPREAD_S) * tempo / 60)
    velocity = round(note.velocity + chance.gauss(0, VELOCITY_SPREAD))
    return replace(note, beat=beat, velocity=min(max(velocity, 1), 127))


def note_events(note: Note, start_tick: int) -> list[Timed]:
    """The start and the end of a note."""
    channel = INSTRUMENTS[note.instrument].channel
    on = start_tick + round(note.beat * TICKS)
    off = max(on + 1, start_tick + round((note.beat + note.beats) * TICKS))
    return [
        Timed(on, 2, mido.Message("note_on", channel=channel, note=note.pitch, velocity=note.velocity)),
        Timed(off, 1, mido.Message("note_off", channel=channel, note=note.pitch)),
    ]


def control(instrument: str, number: int, value: int, tick: int) -> Timed:
    channel = INSTRUMENTS[instrument].channel
    return Timed(tick, 0, mido.Message("control_change", channel=channel, control=number, value=value))


def swell_events(swell: Swell, start_tick: int) -> list[Timed]:
    """Expression in steps of an eighth note."""
    count = round(swell.beats * 2) + 1
    values = np.linspace(swell.start, swell.end, count).round().astype(int).tolist()
    beats = np.linspace(swell.beat, swell.beat + swell.beats, count)
    return [
        control(swell.instrument, 11, value, start_tick + round(float(beat) * TICKS))
        for value, beat in zip(values, beats, strict=True)
    ]


def pedal_events(part: Part, start_tick: int) -> list[Timed]:
    """The piano's pedal: down just after each bar's first beat, up before the next one."""
    ticks = range(start_tick, start_tick + part.bars * BEATS * TICKS, BEATS * TICKS)
    return [
        event
        for tick in ticks
        for event in (
            control("piano", 64, 127, tick + TICKS // 8),
            control("piano", 64, 0, tick + BEATS * TICKS - TICKS // 16),
        )
    ]


def set_up(name: str) -> list[Timed]:
    """What an instrument is told before its first note."""
    instrument = INSTRUMENTS[name]
    program = mido.Message("program_change", channel=instrument.channel, program=instrument.program)
    levels = ((7, instrument.volume), (10, instrument.pan), (11, 110), (91, instrument.reverb))
    return [Timed(0, 0, program), *(control(name, number, value, 0) for number, value in levels)]


def track(events: Iterable[Timed]) -> mido.MidiTrack:
    """Events at absolute ticks as a track of differences."""
    result, now = mido.MidiTrack(), 0
    for event in sorted(events, key=lambda e: (e.tick, e.order)):
        result.append(event.message.copy(time=event.tick - now))
        now = event.tick
    return result


def compose() -> mido.MidiFile:
    """The whole piece; the same on every call."""
    chance = random.Random(SEED)
    tempi: list[Timed] = []
    lines = {name: set_up(name) for name in INSTRUMENTS}
    tick = 0
    for part in parts():
        tempi.append(Timed(tick, 0, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(part.tempo))))
        tempi.append(Timed(tick, 1, mido.MetaMessage("marker", text=part.name)))
        for name in lines:
            lines[name].append(control(name, 11, 110, tick))
        for note in part.notes:
            lines[note.instrument] += note_events(humanise(note, part.tempo, chance), tick)
        for swell in part.swells:
            lines[swell.instrument] += swell_events(swell, tick)
        lines["piano"] += pedal_events(part, tick)
        tick += part.bars * BEATS * TICKS
    return mido.MidiFile(type=1, ticks_per_beat=TICKS, tracks=[track(tempi), *map(track, lines.values())])


def find_soundfont() -> Path:
    """The FluidR3 samples, or an exit with one sentence that says what is missing."""
    found = next((path for path in SOUNDFONTS if path.is_file()), None)
    if found is None or shutil.which("fluidsynth") is None:
        sys.exit("The demo song needs FluidSynth and FluidR3_GM.sf2: apt-get install fluidsynth fluid-soundfont-gm")
    return found


def render(midi: Path, soundfont: Path) -> NDArray[np.float64]:
    """(n, 2) samples at SAMPLE_RATE, as FluidSynth plays them."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "demo.wav"
        options = ["-q", "-n", "-i", "-R", "1", "-C", "0", "-g", "0.4", "-r", str(SAMPLE_RATE), "-O", "float"]
        subprocess.run(["fluidsynth", *options, "-F", str(wav), str(soundfont), str(midi)], check=True)
        samples: NDArray[np.float64] = soundfile.read(wav, always_2d=True)[0]
    return samples


def level(samples: NDArray[np.float64], loud_rms: float = 0.20, ceiling: float = 0.85) -> NDArray[np.float64]:
    """Loud passages (the 90th percentile of the power) at `loud_rms`, peaks rounded off below `ceiling`."""
    blocks = samples[: len(samples) // 4096 * 4096].reshape(-1, 4096 * 2)
    rms = np.sqrt((blocks**2).mean(axis=1))
    gain = float(loud_rms / np.percentile(rms, 90))
    levelled: NDArray[np.float64] = ceiling * np.tanh(samples * gain / ceiling)
    return levelled


def fade(samples: NDArray[np.float64], in_s: float = 0.01, out_s: float = 1.0) -> NDArray[np.float64]:
    """Cuts the reverb's tail just after the last bar, and takes both ends softly to zero."""
    end_s = sum(part.duration_s for part in parts()) + 1.3
    kept: NDArray[np.float64] = samples[: round(end_s * SAMPLE_RATE)].copy()
    n_in, n_out = round(in_s * SAMPLE_RATE), round(out_s * SAMPLE_RATE)
    kept[:n_in] *= np.linspace(0, 1, n_in)[:, None]
    kept[-n_out:] *= np.linspace(1, 0, n_out)[:, None] ** 2
    return kept


def write_ogg(path: Path, samples: NDArray[np.float64]) -> None:
    """Ogg Vorbis, a second at a time: libsndfile's encoder overflows its stack on long blocks."""
    with soundfile.SoundFile(path, "w", SAMPLE_RATE, 2, format="OGG", subtype="VORBIS") as file:
        for start in range(0, len(samples), SAMPLE_RATE):
            file.write(samples[start : start + SAMPLE_RATE])


def main() -> None:
    soundfont = find_soundfont()
    midi = HERE / "demo.mid"
    compose().save(midi)
    write_ogg(HERE / "demo.ogg", fade(level(render(midi, soundfont))))


if __name__ == "__main__":
    main()
