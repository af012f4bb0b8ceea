"""Where time enters: commands, controls, transport, the engine. Knows nothing of sockets, ports and files."""
