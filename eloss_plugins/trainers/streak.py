"""Non-finite batches in a row: when a run is not worth going on."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.errors import Refused

NAMED = 10  # molecules that a message names; the journal has them all


@dataclass
class Streak:
    """Batches in a row with a non-finite molecule, and who was in them.

    Attributes:
        length: such batches in a row.
        masked: molecules left out since the run began.
        suspects: data set indices from the batches of the streak.
    """

    length: int = 0
    masked: int = 0
    suspects: list[int] = field(default_factory=list)

    def record(self, dropped: list[int], *, bad: bool) -> None:
        """Count one batch; `bad` if anything in it was not finite."""
        self.masked += len(dropped)
        self.length = self.length + 1 if bad else 0
        self.suspects = [*self.suspects, *dropped] if bad else []

    def state(self) -> dict[str, int | list[int]]:
        """Plain values for a checkpoint."""
        return {"length": self.length, "masked": self.masked, "suspects": list(self.suspects)}


def names_of(places: Iterable[int], molecules: MoleculeSet) -> list[str]:
    """What the data set calls the molecules at `places`."""
    return [molecules[place].name for place in places]


def described(places: list[int], molecules: MoleculeSet) -> str:
    """The first few of `places` with their names, and how many more there are."""
    unique = sorted(set(places))
    shown = unique[:NAMED]
    named = (
        f"{place} ({name})" for place, name in zip(shown, names_of(shown, molecules), strict=True)
    )
    more = f" and {len(unique) - NAMED} more" if len(unique) > NAMED else ""
    return ", ".join(named) + more


def too_many(streak: Streak, molecules: MoleculeSet, step: int) -> Refused:
    """The error that ends a run."""
    return Refused(
        f"{streak.length} batches in a row had a non-finite molecule; stopped and saved at step "
        f"{step}. Molecules: {described(streak.suspects, molecules)}. Mend or remove them, lower "
        "the learning rate, or raise non_finite_limit"
    )
