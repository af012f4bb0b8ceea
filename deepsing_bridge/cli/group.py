"""The group of all commands: what is said when one is stopped by Ctrl-C, or given a value that is none of a choice."""

from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

INTERRUPTED = 130
GOES_ON = {
    "story": "",
    "models pull": "",
    "models add-worlds": "",
    "train audio": "--deam",
    "train visual": "--oasis",
    "train stylizer": "",
    "train generator": "",
    "train translator": "",
}
"""Commands that, run again, take up what was stopped; some do so with an option only."""


RENAMED = {"--ears": "--audio-model", "--eyes": "--image-model"}
"""Options of 0.1 under the names that they have now; taken for one release, with a line that says so."""


class Commands(TyperGroup):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        parsed: list[str] = super().parse_args(ctx, [*map(_renamed, args)])
        return parsed

    def invoke(self, ctx: Any) -> Any:
        words = [*ctx._protected_args, *ctx.args]
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo(stopped(words), err=True)
            raise typer.Exit(INTERRUPTED) from None
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")  # pydantic's, which is nothing to a user
            raise


def _renamed(word: str) -> str:
    """`word` of a command line; an option's old name is told, and replaced by its new one."""
    option, equals, value = word.partition("=")
    if option not in RENAMED:
        return word
    typer.echo(f"note: {option} is called {RENAMED[option]} now; the old name goes with the next release", err=True)
    return RENAMED[option] + equals + value


def stopped(words: Sequence[str]) -> str:
    """What to say when the command line `words` was interrupted."""
    needed = GOES_ON.get(words[0], GOES_ON.get(" ".join(words[:2])))
    goes_on = needed is not None and any(word.startswith(needed) for word in words)
    return "stopped; the same command goes on where it was" if goes_on else "stopped"
