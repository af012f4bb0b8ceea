"""How fast it is beside what it is built on, side by side in one process: the figures of docs/performance.md."""
