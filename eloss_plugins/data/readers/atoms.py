"""Elements and coordinates as text."""

import re
from collections.abc import Sequence

from eloss_plugins.chem.elements import SYMBOLS, number_of
from eloss_plugins.errors import UsageError

HYDROGEN_ISOTOPES = ("D", "T")
NO_ELEMENTS = ("X", "*", "Xx")  # what writers put for an atom of no element
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+([eE][-+]?\d+)?")
_MATHEMATICA_EXPONENT = "*^"  # as in 6.5*^-6, in the xyz files of QM9


def atomic_number(symbol: str, where: str) -> int:
    """The atomic number of a symbol, or of a number written out; 0 for an atom of no element.

    Raises:
        UsageError: no element is called so.
    """
    if symbol in HYDROGEN_ISOTOPES:
        return 1
    if symbol in NO_ELEMENTS:
        return 0
    if symbol.isdecimal() and int(symbol) < len(SYMBOLS):
        return int(symbol)
    try:
        return number_of(symbol)
    except UsageError:
        raise UsageError(
            f"{where}: expected an element symbol such as C; got {symbol!r}."
        ) from None


def coordinate(text: str, where: str) -> float:
    """One coordinate.

    Raises:
        UsageError: it is no number.
    """
    try:
        return float(text)
    except ValueError:
        return _odd_coordinate(text, where)


def coordinates(texts: Sequence[str], where: str) -> tuple[float, float, float]:
    """Three coordinates.

    Raises:
        UsageError: there are fewer, or one is no number.
    """
    if len(texts) != 3:
        raise UsageError(f"{where}: expected three coordinates; got {' '.join(texts)!r}.")
    return (
        coordinate(texts[0], where),
        coordinate(texts[1], where),
        coordinate(texts[2], where),
    )


def _odd_coordinate(text: str, where: str) -> float:
    if _MATHEMATICA_EXPONENT in text:
        return coordinate(text.replace(_MATHEMATICA_EXPONENT, "e"), where)
    hint = ""
    if _DECIMAL_COMMA.fullmatch(text.strip()):
        hint = " It has a decimal comma: write decimal points."
    raise UsageError(f"{where}: expected a coordinate in angstrom; got {text!r}.{hint}")
