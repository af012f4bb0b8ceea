"""What pyproject.toml cannot say: every package of the tree, and two folders beside it that are installed inside."""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["deepsing_bridge*"]), "deepsing_bridge.models", "deepsing_bridge.plugins"])
