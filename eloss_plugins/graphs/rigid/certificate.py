"""How much has been proved about a graph, and never more."""

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """What a graph with its edge lengths leaves open, from nothing proved to no freedom."""

    NONE = 0
    """Nothing is proved: the structure may bend, or have a second shape with equal lengths."""

    GENERIC = 1
    """Almost every placement of the atoms is unique, and this one does not bend; this very one
    may still have a second shape."""

    LATERATION = 2
    """Unique at these coordinates, in every dimension: each atom is fixed by earlier ones."""

    COMPLETE = 3
    """All pairs are edges."""


@dataclass(frozen=True)
class Certificate:
    """The outcome of a check.

    Attributes:
        level: what holds.
        smallest_singular: angstrom, of the worst set of anchors: the smallest singular value of
            their coordinates about their mean. Errors in lengths reach positions amplified by its
            inverse. Infinite for a complete graph, 0 where there is no lateration.
        reason: one sentence that says why it is this level.
    """

    level: Level
    smallest_singular: float
    reason: str

    @property
    def unique(self) -> bool:
        """Whether the edge lengths leave this structure alone, at these coordinates."""
        return self.level >= Level.LATERATION
