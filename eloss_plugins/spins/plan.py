"""What an experiment is: spin glasses, losses, seeds, and everything that they share."""

from dataclasses import asdict, dataclass, field
from typing import Any

from eloss_plugins.errors import UsageError
from eloss_plugins.slug import slug
from eloss_plugins.spins.draws import KINDS
from eloss_plugins.spins.lattice import Boundary, Lattice
from eloss_plugins.spins.problem_set import FIRST_OF_TEST, Source
from eloss_plugins.spins.training import Training


@dataclass(frozen=True)
class Entry:
    """A loss that enters.

    Attributes:
        label: what it is called in tables.
        loss: registered name.
        options: of the loss, as text.
    """

    label: str
    loss: str
    options: str = ""

    @property
    def slug(self) -> str:
        """The label as the name of a folder."""
        return slug(self.label)


@dataclass(frozen=True)
class Plan:
    """An experiment.

    Attributes:
        size: sites along a side of the square lattice.
        boundary: open or periodic.
        couplings: a name of `draws.KINDS`.
        instances: spin glasses to train on.
        test: spin glasses to judge on, others.
        data_seed: of all spin glasses.
        method: of the ground states; None for the first that can.
        entries: losses.
        seeds: of weights and batch order.
        common: what all runs have in common; its loss and seed do not count.

    Raises:
        UsageError: values out of range, or a loss that enters twice.
    """

    size: int
    boundary: Boundary
    couplings: str
    instances: int
    test: int
    data_seed: int
    method: str | None
    entries: tuple[Entry, ...]
    seeds: tuple[int, ...]
    common: Training = field(default_factory=lambda: Training(loss=""))

    def __post_init__(self) -> None:
        self.sources()
        if self.couplings not in KINDS:
            raise UsageError(
                f"`couplings` must be one of {', '.join(KINDS)}; got {self.couplings!r}"
            )
        slugs = [entry.slug for entry in self.entries]
        if len(set(slugs)) != len(slugs):
            raise UsageError(f"expected different losses; got {', '.join(slugs)}")

    def sources(self) -> tuple[Source, Source]:
        """The spin glasses to train on and those to judge on."""
        lattice = Lattice(self.size, self.size, self.boundary)
        return (
            Source(lattice, self.couplings, self.data_seed, 0, self.instances),
            Source(lattice, self.couplings, self.data_seed, FIRST_OF_TEST, self.test),
        )

    def training(self, entry: Entry, seed: int) -> Training:
        """One run."""
        shared = {k: v for k, v in asdict(self.common).items() if k not in ("loss", "options")}
        return Training(**{**shared, "loss": entry.loss, "options": entry.options, "seed": seed})

    def to_json(self) -> dict[str, Any]:
        """Plain values; equal plans give equal ones."""
        return asdict(self)
