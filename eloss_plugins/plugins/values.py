"""One option's text to a value of the type that its field declares."""

import math
import re
import types
import typing
from collections.abc import Callable

from eloss_plugins.errors import UsageError
from eloss_plugins.plugins.names import closest, normalise, shorten
from eloss_plugins.plugins.options import Value, write
from eloss_plugins.truth import truth

_FLOAT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INT = re.compile(r"[+-]?\d{1,18}", re.ASCII)


def is_settable(hint: object) -> bool:
    """Whether a field annotated `hint` can be given as text."""
    bare, _ = without_none(hint)
    return _is_readable(bare) or typing.get_origin(bare) is typing.Literal


def read(name: str, given: Value, hint: object) -> Value:
    """`given` as the type `hint`: float, int, bool, str, a Literal, or one of them or None.

    Raises:
        UsageError: the text is no such value; the sentence says what was expected.
    """
    bare, optional = without_none(hint)
    text = write(given).strip()
    if optional and text.lower() == "none":
        return None
    if typing.get_origin(bare) is typing.Literal:
        return _choice(name, text, typing.get_args(bare))
    return _READERS[bare](name, text)


def describe(hint: object) -> str:
    """What may be given for a field annotated `hint`, in words."""
    bare, optional = without_none(hint)
    choices = "|".join(write(value) for value in typing.get_args(bare))
    words = choices or _WORDS_FOR.get(bare, str(bare))
    return f"{words} or none" if optional else words


def without_none(hint: object) -> tuple[typing.Any, bool]:
    """The hint without an alternative None, and whether it had one.

    Of several alternatives it is the first that text can give: of `str | Callable`, `str`.
    """
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return hint, False
    kinds = [kind for kind in typing.get_args(hint) if kind is not type(None)]
    readable = [kind for kind in kinds if _is_readable(kind)]
    bare = (readable or kinds)[0] if readable or len(kinds) == 1 else hint
    return bare, len(kinds) < len(typing.get_args(hint))


def _is_readable(kind: object) -> bool:
    return any(kind is known for known in _READERS)


def _float(name: str, text: str) -> float:
    if not _FLOAT.fullmatch(text):
        swapped = text.replace(",", ".")
        hint = f"; did you mean `{swapped}`?" if _FLOAT.fullmatch(swapped) else ""
        raise UsageError(f"Option `{name}` must be a finite number; got `{shorten(text)}`{hint}")
    value = float(text)
    if not math.isfinite(value):
        raise UsageError(f"Option `{name}` must be a finite number; `{shorten(text)}` is too large")
    return value


def _int(name: str, text: str) -> int:
    if not _INT.fullmatch(text):
        raise UsageError(f"Option `{name}` must be a whole number; got `{shorten(text)}`")
    return int(text)


def _bool(name: str, text: str) -> bool:
    said = truth(text)
    if said is None:
        raise UsageError(f"Option `{name}` must be true or false; got `{shorten(text)}`")
    return said


def _str(name: str, text: str) -> str:
    return text


def _choice(name: str, text: str, choices: tuple[Value, ...]) -> Value:
    for choice in choices:
        if normalise(write(choice)) == normalise(text):
            return choice
    listed = [write(choice) for choice in choices]
    near = closest(text, listed)
    hint = f"; did you mean `{near}`?" if near else ""
    raise UsageError(
        f"Option `{name}` must be one of {', '.join(listed)}; got `{shorten(text)}`{hint}"
    )


_READERS: dict[object, Callable[[str, str], Value]] = {
    float: _float,
    int: _int,
    bool: _bool,
    str: _str,
}
_WORDS_FOR: dict[object, str] = {
    float: "number",
    int: "whole number",
    bool: "true|false",
    str: "text",
}
