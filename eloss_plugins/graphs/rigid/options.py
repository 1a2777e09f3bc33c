"""What can be asked of a rigid graph."""

import math
from dataclasses import dataclass

from eloss_plugins.errors import UsageError


@dataclass(frozen=True)
class RigidOptions:
    """Settings of `build`; lengths are in units of the structure's own spacing.

    Attributes:
        height: by how much of the spacing (median distance of nearest neighbours) an anchor must
            rise above those before it; flatter structures lower it by themselves.
        local_stiffness: smallest eigenvalue that each atom's own stiffness should have, unit
            springs; edges are added until it does.
        max_local: edges that one atom may add for it.
        matchings: random perfect matchings added at the end, half an edge an atom each; long
            molecules owe their stiffness to them.
        neighbours: nearest neighbours that stand for bonds where there are none.
        tolerance: fraction of the structure's extent below which points count as coincident, in
            line or in a plane. Uniqueness is proved for structures that are exactly so.
        seed: of all random choices; equal seeds give equal graphs.
    """

    height: float = 0.8
    local_stiffness: float = 0.5
    max_local: int = 2
    matchings: int = 1
    neighbours: int = 4
    tolerance: float = 1e-9
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("height", "local_stiffness", "tolerance"):
            _check_not_negative(name, getattr(self, name))
        for name in ("max_local", "matchings", "seed"):
            _check_count(name, getattr(self, name), least=0)
        _check_count("neighbours", self.neighbours, least=1)


def _check_not_negative(name: str, value: float) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise UsageError(f"{name} must be finite and 0 or more; got {value}")


def _check_count(name: str, value: int, *, least: int) -> None:
    if isinstance(value, bool) or value != int(value) or value < least:
        raise UsageError(f"{name} must be a whole number, {least} or more; got {value}")
