"""The live bridge and other programs: OSC, OSCQuery, ZeroMQ, shared memory, MIDI; a room for each."""
