"""Where the outside enters and leaves: files, sockets, ports and shared memory; a room for each."""
