"""How this user starts the program and installs its extras, so that a message names what they have.

In a checkout `bridge.py` lies beside the package; where that was installed there is the command `deepsing-bridge`.
"""

from pathlib import Path

_CHECKOUT = (Path(__file__).parents[2] / "bridge.py").is_file()


def command(words: str, checkout: bool = _CHECKOUT) -> str:
    """`words` as they are typed here: `models list` becomes `python bridge.py models list`, or `deepsing-bridge …`."""
    return f"{'python bridge.py' if checkout else 'deepsing-bridge'} {words}"


def extra(name: str, checkout: bool = _CHECKOUT) -> str:
    """What installs the extra called `name`."""
    return f'pip install -e ".[{name}]"' if checkout else f'pip install "deepsing-bridge[{name}]"'
