"""Text that fits on a line of any file: no control characters, no line ends, nothing that is no letter in Unicode."""

import unicodedata

_KINDS = ("Cc", "Cs", "Zl", "Zp")  # control characters, halves of surrogate pairs, separators of lines and paragraphs
_NO_LETTERS = ("\ufffe", "\uffff")  # which XML does not take either
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # as names of files may have


def is_plain(text: str) -> bool:
    return not any(map(_is_odd, text))


def plain(text: str) -> str:
    """`text` with a space for everything that is not plain, or turns the direction of what follows on a screen."""
    return "".join(" " if _is_odd(letter) or letter in _TURNS else letter for letter in text)


def _is_odd(letter: str) -> bool:
    return unicodedata.category(letter) in _KINDS or letter in _NO_LETTERS
