"""Runs the two scripts for Resolve against a fake host, as its menu does: with the global `resolve`."""

import contextlib
import importlib
import io
import runpy
from pathlib import Path
from typing import Any

from tests.plugins.resolve.fake_host import Fake, Resolve, World

FOLDER = Path(__file__).parents[3] / "plugins" / "resolve"
PYTHON = FOLDER / "Deepsing Story.py"
LUA = FOLDER / "Deepsing Story (Lua).lua"
LANGUAGES = ("python", "lua51", "luajit21")


def run(language: str, world: World, host: type[Resolve] = Resolve) -> str:
    """What the script says, in `language`, chosen in the menu of the Resolve with `world` in it."""
    return run_python(host(world)) if language == "python" else run_lua(language, host(world))


def run_python(resolve: Resolve) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        runpy.run_path(str(PYTHON), init_globals={"resolve": resolve})
    return said.getvalue()


def run_lua(language: str, resolve: Resolve) -> str:
    runtime = importlib.import_module(f"lupa.{language}").LuaRuntime(register_eval=False)
    said: list[str] = []
    runtime.globals().resolve = LuaObject(resolve, runtime)
    runtime.globals().print = said.append
    runtime.execute(LUA.read_text(encoding="utf-8"))
    return "".join(f"{line}\n" for line in said)


class LuaObject:
    """A fake as Lua sees it: called with a colon, lists and dicts as tables, None as nil."""

    def __init__(self, fake: Any, runtime: Any) -> None:
        self._fake, self._runtime = fake, runtime

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._fake, name)

        def call(this: Any, *arguments: Any) -> Any:
            assert this is self, f"{name} called with a dot, not a colon"
            return to_lua(method(*(from_lua(argument) for argument in arguments)), self._runtime)

        return call


def to_lua(value: Any, runtime: Any) -> Any:
    if isinstance(value, Fake):
        return LuaObject(value, runtime)
    if isinstance(value, list):
        return runtime.table_from([to_lua(item, runtime) for item in value])
    return value


def from_lua(value: Any) -> Any:
    if isinstance(value, LuaObject):
        return value._fake
    if type(value).__name__ != "_LuaTable":
        return value
    items = {key: from_lua(value[key]) for key in value}
    return [items[key] for key in sorted(items)] if all(isinstance(key, int) for key in items) else items
