"""Parameters of the fake TouchDesigner's operators, and the rule that only one thread may touch anything of it."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.plugins.touchdesigner import names

if TYPE_CHECKING:
    from tests.plugins.touchdesigner.host import Host
    from tests.plugins.touchdesigner.operators import Op


class tdError(Exception):
    """As TouchDesigner's own: it was asked for what does not exist or is not allowed."""


class ParMode(enum.Enum):
    CONSTANT = 0
    EXPRESSION = 1


class Guarded:
    """What only the host's thread may touch, and what has no attributes but those that its class has."""

    _host: Host
    WRITABLE: tuple[str, ...] = ()

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_"):
            object.__getattribute__(self, "_host").check(f"{type(self).__name__}.{name} was read")
        return object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            object.__setattr__(self, name, value)
            return
        self._host.check(f"{type(self).__name__}.{name} was written")
        if name not in self.WRITABLE:
            raise AttributeError(f"{type(self).__name__} has no {name} that can be set")
        object.__setattr__(self, name, value)


class Par(Guarded):
    """A parameter; `eval` gives its value, be it constant or by an expression."""

    WRITABLE = ("val", "expr", *names.PAR_ATTRIBUTES)

    def __init__(self, owner: Op, name: str, style: str, value: Any, custom: bool, label: str = "") -> None:
        self._host = owner._host
        facts = {"owner": owner, "name": name, "style": style, "isCustom": custom, "label": label or name}
        bounds = {"min": 0, "max": 1, "clampMin": False, "clampMax": False, "normMin": 0, "normMax": 1}
        rest = {"default": value, "menuNames": [], "menuLabels": [], "readOnly": False, "startSection": False}
        for attribute, first in {**facts, **bounds, **rest}.items():
            object.__setattr__(self, attribute, first)
        self._value, self._expr = value, ""

    @property
    def val(self) -> Any:
        return self._value

    @val.setter
    def val(self, value: Any) -> None:
        before, self._value, self._expr = self._value, self._fitted(value), ""
        if self._value != before:
            self._host.changed(self, before)

    @property
    def mode(self) -> ParMode:
        return ParMode.EXPRESSION if self._expr else ParMode.CONSTANT

    @property
    def expr(self) -> str:
        return self._expr

    @expr.setter
    def expr(self, text: str) -> None:
        if not re.fullmatch(r"parent\(\)\.par\.\w+", text):
            raise tdError(f"this host evaluates parent().par.Name only, not {text}")
        self._expr = text

    def eval(self) -> Any:
        return getattr(self.owner.parent().par, self._expr.rpartition(".")[2]).eval() if self._expr else self._value

    def pulse(self) -> None:
        if self.style != "Pulse":
            raise tdError(f"{self.name} is no pulse")
        self._host.pulse(self)

    def _fitted(self, value: Any) -> Any:
        if self.style in ("Float", "Int"):
            number = max(value, self.min) if self.clampMin else value
            number = min(number, self.max) if self.clampMax else number
            return float(number) if self.style == "Float" else int(number)
        if self.style == "Toggle":
            return bool(value)
        if self.style == "Pulse" or not isinstance(value, str):
            raise tdError(f"{self.name} of style {self.style} cannot be {value!r}")
        menu = self.menuNames or names.MENUS.get((self.owner.OPType, self.name), ())
        if menu and self.style != "StrMenu" and value not in menu:
            raise tdError(f"{self.name}: {value} is not in {menu}")
        return value


class Pars:
    """`op.par`: gives parameters, and sets their value when assigned to."""

    def __init__(self, owner: Op, known: dict[str, Any]) -> None:
        styles = {bool: "Toggle", int: "Int", float: "Float", str: "Str"}
        made = {name: Par(owner, name, styles[type(value)], value, False) for name, value in known.items()}
        object.__setattr__(self, "_known", made)

    def __getattr__(self, name: str) -> Par:
        try:
            return self._known[name]
        except KeyError:
            raise AttributeError(f"no parameter {name}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        getattr(self, name).val = value


class Page(Guarded):
    """A page of custom parameters."""

    def __init__(self, owner: Op, name: str) -> None:
        self._host, self._owner = owner._host, owner
        object.__setattr__(self, "name", name)
        self._order: list[str] = []

    @property
    def pars(self) -> list[Par]:
        return [getattr(self._owner.par, name) for name in self._order]

    def sort(self, *order: str) -> None:
        if sorted(order) != sorted(self._order):
            raise tdError(f"sort: {order} are not the parameters of the page, {self._order}")
        self._order = list(order)

    def _append(self, style: str, name: str, label: str = "") -> tuple[Par]:
        if not re.fullmatch(names.LEGAL_PAR, name):
            raise tdError(f"{name} is no name for a custom parameter")
        first = {"Float": 0.0, "Int": 0, "Toggle": False}.get(style, "")
        par = Par(self._owner, name, style, first, True, label)
        self._owner.par._known[name] = par
        self._order = [*(other for other in self._order if other != name), name]
        return (par,)


def _appending(style: str) -> Callable[..., tuple[Par]]:
    return lambda page, name, label="": page._append(style, name, label)


for _style in names.STYLES:
    setattr(Page, f"append{_style}", _appending(_style))
