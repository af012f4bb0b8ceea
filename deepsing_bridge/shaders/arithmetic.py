"""ISF's sizes of passes: `$WIDTH/2.0`, `floor($HEIGHT*$scale)`. Arithmetic and nothing else is evaluated."""

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache

from ..core.errors import BridgeError

LONGEST = 200
_OPERATORS: Mapping[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: a / b if b else math.inf,
    ast.Mod: lambda a, b: math.fmod(a, b) if b and math.isfinite(a) else math.inf,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


def _of_finite(function: Callable[[float], float]) -> Callable[[float], float]:
    """Infinity stays what it is, where Python has no whole number for it."""
    return lambda a: function(a) if math.isfinite(a) else a


_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "floor": _of_finite(math.floor),
    "ceil": _of_finite(math.ceil),
    "round": _of_finite(round),
    "abs": abs,
    "min": min,
    "max": max,
    "sqrt": lambda a: math.sqrt(max(a, 0.0)),
    "pow": lambda a, b: min(max(a, 0.0), 1e6) ** min(max(b, -8.0), 8.0) if a > 0 else 0.0,
}


def evaluate(text: str, known: Mapping[str, float]) -> float:
    """The value of `text`, where `$NAME` is `known[NAME]`. Raises BridgeError for anything but arithmetic.

    What has a value has one, perhaps infinite, for any other numbers that are known.
    """
    if len(text) > LONGEST:
        raise BridgeError(f"a pass's size is longer than {LONGEST} letters")
    try:
        return float(_value(_parsed(text.replace("$", "").strip()), known))
    except (SyntaxError, ValueError, TypeError, KeyError, OverflowError, RecursionError, MemoryError):
        raise BridgeError(f"a pass's size is {text!r}; expected arithmetic over $WIDTH, $HEIGHT and inputs") from None


@lru_cache(maxsize=256)
def _parsed(text: str) -> ast.expr:
    """Once, as sizes are reckoned for each picture."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's advice on how code is written
        return ast.parse(text, mode="eval").body


def _value(node: ast.AST, known: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return known[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, known), _value(right, known))
        case ast.UnaryOp(op=op, operand=operand):
            return _OPERATORS[type(op)](_value(operand, known))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _FUNCTIONS[name](*(_value(each, known) for each in arguments))
    raise ValueError
