"""An empty home for installed models, and a file server."""

from tests.checkpoints.conftest import home, server

__all__ = ["home", "server"]
