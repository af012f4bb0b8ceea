"""ZeroMQ: frames, events and commands, with keys if wanted."""
