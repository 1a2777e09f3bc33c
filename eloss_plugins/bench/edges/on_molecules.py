"""Edge sets on real molecules."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eloss_plugins.bench.edges.gradients import Likeness, likeness, listed, noisy_batch
from eloss_plugins.bench.edges.ways import WAYS, Way
from eloss_plugins.bench.table import Table
from eloss_plugins.core.edges import Edges, EdgeSet, for_law
from eloss_plugins.core.stiffness import Exponential
from eloss_plugins.graphs.edge_sets.sampled import Sampled
from eloss_plugins.graphs.rigidity.stiffness import smallest_eigenvalue
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.progress import progress

DEVIATION = 0.05  # angstrom
DRAWS = 8
LEAST_ATOMS = 5
"""Below it every way takes all pairs, or nearly."""


@dataclass(frozen=True)
class Measured:
    """One way on one structure.

    Attributes:
        per_atom: edges by atoms.
        share: of all pairs.
        is_certified: see `Chosen`.
        stiffness: smallest eigenvalue.
        seconds: to choose the edges.
    """

    per_atom: float
    share: float
    is_certified: bool | None
    stiffness: float
    seconds: float


def measure(structures: Sequence[Structure], name: str, seed: int) -> Table:
    """Size, proof and stiffness."""
    rows = []
    with progress("edge sets", len(WAYS) * len(structures)) as bar:
        for way in WAYS:
            way.choose(structures[0], np.random.default_rng(seed))  # compiles what is compiled
            found = []
            for structure in structures:
                found.append(_measured(way, structure, np.random.default_rng(seed)))
                bar.advance()
            rows.append((way.name, *_summary(found)))
    header = ("edges", "edges an atom", "share of pairs", "certified", "stiffness, median")
    return Table(
        f"{len(structures)} molecules of {name}",
        (*header, "stiffness, 5 %", "ms"),
        tuple(rows),
        (
            "`certified`: proved, and verified by other code, to leave these coordinates one shape;"
            " `-` where nobody claims it. `stiffness`: smallest eigenvalue of the springs' matrix"
            " with unit springs, motions that even all pairs leave free aside. `ms`: mean time to"
            " choose the edges of one molecule, in one process.",
        ),
    )


def _measured(way: Way, structure: Structure, rng: np.random.Generator) -> Measured:
    start = time.perf_counter()
    chosen = way.choose(structure, rng)
    seconds = time.perf_counter() - start
    atoms, edges = structure.num_atoms, len(chosen.edges)
    return Measured(
        per_atom=edges / max(1, atoms),
        share=edges / max(1, atoms * (atoms - 1) // 2),
        is_certified=chosen.is_certified,
        stiffness=smallest_eigenvalue(structure, chosen.edges),
        seconds=seconds,
    )


def _summary(found: Sequence[Measured]) -> tuple[str, ...]:
    proofs = [it.is_certified for it in found if it.is_certified is not None]
    middle, low = np.quantile([it.stiffness for it in found], [0.5, 0.05])
    return (
        f"{np.mean([it.per_atom for it in found]):.2f}",
        f"{100 * np.mean([it.share for it in found]):.0f} %",
        f"{100 * np.mean(proofs):.1f} %" if proofs else "-",
        f"{middle:.2g}",
        f"{low:.2g}",
        f"{1000 * np.mean([it.seconds for it in found]):.2g}",
    )


def gradients(structures: Sequence[Structure], name: str, seed: int) -> Table:
    """How far the gradient of one draw is from that of the complete loss."""
    chosen = [it for it in structures if it.num_atoms >= LEAST_ATOMS]
    rows = []
    with progress("gradients", (len(WAYS) + 1) * len(chosen)) as bar:
        for way in WAYS:
            found = []
            for place, structure in enumerate(chosen):
                found.append(_of_way(way, structure, seed + place))
                bar.advance()
            rows.append((way.name, *_likenesses(found)))
        edge_set, found = Sampled(seed=seed), []
        for place, structure in enumerate(chosen):
            found.append(_of_edge_set(edge_set, structure, seed + place))
            bar.advance()
        rows.append(("sampled", *_likenesses(found)))
    return Table(
        f"Gradients on {len(chosen)} molecules of {name}",
        ("edges", "edges an atom", "cosine", "relative variance"),
        tuple(rows),
        (
            f"Exponential law, predictions off by {DEVIATION} angstrom, {DRAWS} draws each."
            " `cosine` with the gradient of the complete loss; `relative variance`: squared"
            " distance from it over its square, after one factor for all draws that makes their"
            " mean as long. `sampled` needs none: it is unbiased.",
        ),
    )


Found = tuple[float, Likeness]


def _of_way(way: Way, structure: Structure, seed: int) -> Found:
    rng = np.random.default_rng(seed)
    drawn = [listed(way.choose(structure, rng).edges) for _ in range(DRAWS)]
    return _found(structure, seed, drawn)


def _of_edge_set(edge_set: EdgeSet, structure: Structure, seed: int) -> Found:
    draw = for_law(edge_set, Exponential())
    batch = noisy_batch(structure, DEVIATION, seed)
    drawn = [draw(batch) for _ in range(DRAWS)]
    return _found(structure, seed, [it for it in drawn if it is not None])


def _found(structure: Structure, seed: int, drawn: Sequence[Edges]) -> Found:
    edges = float(np.mean([it.index.shape[1] for it in drawn])) / structure.num_atoms
    batch = noisy_batch(structure, DEVIATION, seed)
    return edges, likeness(batch, Exponential(), drawn)


def _likenesses(found: list[Found]) -> tuple[str, ...]:
    return (
        f"{np.mean([edges for edges, _ in found]):.2f}",
        f"{np.mean([it.cosine for _, it in found]):.3f}",
        f"{np.mean([it.variance for _, it in found]):.3f}",
    )
