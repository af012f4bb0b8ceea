"""The version of this program, and nowhere else: pyproject.toml reads it here."""

__version__ = "0.2.0"
