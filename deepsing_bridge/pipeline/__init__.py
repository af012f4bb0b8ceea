"""Pure stages, each named by what it turns into what: no threads, sockets, clocks or printing."""
