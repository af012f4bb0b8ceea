"""Hands over to deepsing_bridge.cli."""

from deepsing_bridge.cli import main

if __name__ == "__main__":
    main()
