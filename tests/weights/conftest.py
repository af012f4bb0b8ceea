"""An empty home for installed models."""

from tests.checkpoints.conftest import home

__all__ = ["home"]
