"""Names as users write them, and what to say when one is not known."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

_RUN = re.compile(r"[-_.\s]+")


def normalise(name: str) -> str:
    """`name` in lower case with single dashes: `Inverse_Square` is `inverse-square`."""
    return _RUN.sub("-", name.strip()).lower()


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name nearest to `name` in spelling, or None when none is near."""
    by_form = {normalise(candidate): candidate for candidate in known}
    found = get_close_matches(normalise(name), by_form, n=1, cutoff=0.6)
    return by_form[found[0]] if found else None


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """One sentence that `name` is not known, with the known names and the closest."""
    names = sorted(known)
    near = closest(name, names)
    hint = f" Did you mean `{near}`?" if near else ""
    listed = ", ".join(names) or "none"
    return f"Unknown {kind} `{shorten(name)}`; known: {listed}.{hint}"


def shorten(text: str, limit: int = 60) -> str:
    """`text` on one line, printable, cut to `limit` characters."""
    line = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return line if len(line) <= limit else line[: limit - 3] + "..."
