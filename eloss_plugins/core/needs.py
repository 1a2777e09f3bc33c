"""What a loss asks for beyond positions: bonds, a look at the data, a place in checkpoints."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any


def uses_bonds(part: object) -> bool:
    """Whether a loss asks for the bonds of the molecules: it or a part of it says so.

    A loss, stiffness law or edge set says so by an attribute or property `uses_bonds`, so that
    adapters find bonds for those that ask, and no other training step pays for them.

    Args:
        part: a loss, or anything it is made of.
    """
    if getattr(part, "uses_bonds", False):
        return True
    if not is_dataclass(part) or isinstance(part, type):
        return False
    return any(uses_bonds(getattr(part, field.name, None)) for field in fields(part))


def parts_with(part: object, *methods: str, name: str = "") -> Iterator[tuple[str, Any]]:
    """A loss and the parts it is made of, as far as they have all of the methods, by full name.

    Args:
        part: a loss, or anything it is made of.
        methods: what a part must have, such as `prepare`.
        name: of `part`; empty for the loss itself, `edges` for its edge set.
    """
    if all(callable(getattr(part, method, None)) for method in methods):
        yield name, part
    if is_dataclass(part) and not isinstance(part, type):
        for field in fields(part):
            inner = f"{name}.{field.name}" if name else field.name
            if field.init:
                yield from parts_with(getattr(part, field.name, None), *methods, name=inner)
