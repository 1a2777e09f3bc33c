"""The text of `--loss-options` to names and values, and back.

The grammar is `name=value,name=value`. Blanks around names and values are ignored. A
value holds no comma, and nothing is ever evaluated.
"""

from collections.abc import Iterator, Mapping

from eloss_plugins.errors import UsageError
from eloss_plugins.plugins.names import shorten

Value = str | float | int | bool | None


def parse(options: str | Mapping[str, Value]) -> dict[str, Value]:
    """Option names to values, in the order given; values of a text stay text.

    Raises:
        UsageError: an item without `=`, without a name or value, or given twice.
    """
    items = options.items() if isinstance(options, Mapping) else _items(options)
    found: dict[str, Value] = {}
    for name, value in items:
        key = str(name).strip().replace("-", "_")
        if key in found:
            raise UsageError(f"Option `{shorten(key)}` is given twice; give it once.")
        found[key] = value
    return found


def join(options: Mapping[str, Value]) -> str:
    """The text that `parse` reads back."""
    return ",".join(f"{name}={write(value)}" for name, value in options.items())


def write(value: Value) -> str:
    """One value as text: `true`, `false`, `none`, or as Python prints it."""
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def _items(text: str) -> Iterator[tuple[str, str]]:
    if not text.strip():
        return
    before = ""
    for item in text.split(","):
        name, equals, value = (part.strip() for part in item.partition("="))
        if not equals:
            raise UsageError(_no_equals(item.strip(), before))
        if not name or not value:
            what = "name before" if not name else "value after"
            raise UsageError(f"Option `{shorten(item.strip())}` has no {what} its `=`.")
        yield name, value
        before = item.strip()


def _no_equals(item: str, before: str) -> str:
    if not item:
        return "Loss options have an empty item; write name=value,name=value."
    if item.isdigit() and before[-1:].isdigit():
        whole = f"{before},{item}"
        point = f"{before}.{item}"
        return f"`{shorten(whole)}` has a comma, which separates options; did you mean `{point}`?"
    return f"Option `{shorten(item)}` has no `=`; write name=value,name=value."
