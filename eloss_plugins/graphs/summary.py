"""Graphs of many molecules in a few numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf, isfinite

from eloss_plugins.graphs.rigid.certificate import Level
from eloss_plugins.graphs.rigid.graph import RigidGraph


@dataclass(frozen=True)
class Worst:
    """The largest or smallest of a number, and the molecule that has it."""

    value: float
    molecule: int


@dataclass(frozen=True)
class Summary:
    """Numbers of the graphs of some molecules.

    Attributes:
        molecules: how many.
        atoms: of all of them.
        edges: of all graphs.
        pairs: of all molecules, edges or not.
        levels: how many graphs are certified at each level.
        most_edges_per_atom: None without molecules.
        smallest_singular: angstrom, over all sets of anchors; None where all graphs are complete.
        not_certified: molecules whose graph may have another shape, and why.
    """

    molecules: int
    atoms: int
    edges: int
    pairs: int
    levels: Mapping[Level, int]
    most_edges_per_atom: Worst | None
    smallest_singular: Worst | None
    not_certified: Mapping[int, str]

    @property
    def certified(self) -> int:
        """How many graphs leave their molecule one shape."""
        return self.molecules - len(self.not_certified)

    @property
    def edges_per_atom(self) -> float:
        """Mean over atoms; 0 without atoms."""
        return self.edges / self.atoms if self.atoms else 0.0

    @property
    def share_of_pairs(self) -> float:
        """Edges of all graphs as a fraction of all pairs; 1 without pairs."""
        return self.edges / self.pairs if self.pairs else 1.0


def summary_of(graphs: Iterable[RigidGraph]) -> Summary:
    """The numbers of graphs, in the order of their molecules."""
    listed = list(graphs)
    dense = [it.num_edges / it.num_atoms if it.num_atoms else 0.0 for it in listed]
    singular = [it.certificate.smallest_singular if it.certificate.unique else inf for it in listed]
    return Summary(
        molecules=len(listed),
        atoms=sum(it.num_atoms for it in listed),
        edges=sum(it.num_edges for it in listed),
        pairs=sum(it.num_atoms * (it.num_atoms - 1) // 2 for it in listed),
        levels=_counts(listed),
        most_edges_per_atom=_worst(max(enumerate(dense), key=_value, default=None)),
        smallest_singular=_worst(min(enumerate(singular), key=_value, default=None)),
        not_certified={
            place: it.certificate.reason
            for place, it in enumerate(listed)
            if not it.certificate.unique
        },
    )


def _counts(graphs: list[RigidGraph]) -> dict[Level, int]:
    """How many graphs there are of each level, the highest first."""
    found = Counter(graph.certificate.level for graph in graphs)
    return {level: found[level] for level in sorted(Level, reverse=True)}


def _value(entry: tuple[int, float]) -> float:
    return entry[1]


def _worst(entry: tuple[int, float] | None) -> Worst | None:
    if entry is None or not isfinite(entry[1]):
        return None
    return Worst(entry[1], entry[0])
