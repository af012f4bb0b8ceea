"""MIDI: knobs, faders, pads, time code and clock."""
