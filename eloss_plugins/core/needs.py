"""What a loss asks of a batch beyond positions."""

from dataclasses import fields, is_dataclass


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
