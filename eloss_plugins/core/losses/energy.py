"""The energy loss of the paper."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from eloss_plugins.core.bonds import bond_orders
from eloss_plugins.core.checks import check_known, check_not_negative, check_positive
from eloss_plugins.core.edges import Complete, EdgeSet, for_law
from eloss_plugins.core.layout import Layout, lay_out
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.losses.gram import gram_error
from eloss_plugins.core.losses.loss import clamped
from eloss_plugins.core.losses.normalisation import NORMALISATIONS
from eloss_plugins.core.numerics import full_precision, lengths
from eloss_plugins.core.pairs import Pairs
from eloss_plugins.core.reductions import PAIR_REDUCTIONS, reduce_atoms, reduce_pairs
from eloss_plugins.core.residual import weighted_distance_error
from eloss_plugins.core.segments import BACKENDS
from eloss_plugins.core.stiffness import Exponential, StiffnessLaw


@dataclass(frozen=True)
class Energy:
    """E / (T r**2), E = sum over pairs of k(d) (d - predicted d)**2.

    The value is the same for a prediction moved, turned or mirrored, and for one whose atoms are
    exchanged by a symmetry of the molecule (Proposition 4.2). It does not tell a molecule from
    its mirror image.

    A pair of atoms at one place in the data carries no stiffness: its value and gradient are 0.
    A pair at one place in the prediction has its finite value and gradient 0.

    Attributes:
        stiffness: the law k, in angstrom, of the data's distances.
        edges: which pairs.
        temperature: T; the loss is E / T, the exponent of the surrogate Boltzmann distribution.
        reduction: `sum` as in Eq. 7 (each unordered pair once), `per_atom`, or `mean_pairs`.
        weight: factor on the result.
        maximal_weight: cap on the time weight 1 / r**2; None for no cap, which is safe.
        distances: what the law sees: `positions`, or `features` for distances over positions and
            node features together, as the authors' EDM code has it.
        normalize: `none` takes the stiffness as the law gives it; `mean_one` divides it by its mean
            over the molecule's pairs, so that laws of different scale can share a weight and a
            learning rate. Prefactors then cancel.
        segments: backend of segment sums for flat batches and edge lists: `torch` or
            `torch_scatter`.
        gram: added to the sum over pairs, this many times the loss `gram` per atom; in a law's
            units, per square angstrom. It gives a sparse edge set the sight of the whole
            molecule; 0 leaves it out.

    Reference:
        arXiv 2511.02087, Eq. 7; time weights in A.7.
    """

    stiffness: StiffnessLaw = field(default_factory=Exponential)
    edges: EdgeSet = field(default_factory=Complete)
    temperature: float = 1.0
    reduction: str = "sum"
    weight: float = 1.0
    maximal_weight: float | None = None
    distances: str = "positions"
    normalize: str = "none"
    segments: str = "torch"
    gram: float = 0.0

    def __post_init__(self) -> None:
        check_known("reduction", self.reduction, PAIR_REDUCTIONS)
        check_not_negative(weight=self.weight, maximal_weight=self.maximal_weight, gram=self.gram)
        check_positive(temperature=self.temperature)
        check_known("segment-sum backend", self.segments, BACKENDS)
        check_known("distances", self.distances, LAW_DISTANCES)
        check_known("normalize", self.normalize, NORMALISATIONS)

    def __call__(self, batch: LossBatch) -> Tensor:
        """`(molecules,)` energies over temperature and r**2, in units of the coordinates squared.

        Raises:
            ValueError: the law or the edge set needs bonds or features that the batch lacks.
        """
        with full_precision(batch.residual):
            edges = for_law(self.edges, self.stiffness)
            layout = lay_out(batch, edges(batch), self.segments)
            difference = layout.difference(batch.clean_target())
            stiffness = pair_stiffness(batch, layout, difference, self.stiffness, self.distances)
            stiffness = NORMALISATIONS[self.normalize](batch, layout, stiffness)
            total = layout.total(stiffness * pair_errors(batch, layout, difference).square())
            if self.gram:
                total = total + self.gram * reduce_atoms(batch, gram_error(batch), "per_atom")
            energy = reduce_pairs(batch, layout, total, self.reduction)
            energy = clamped(batch, energy, self.maximal_weight)
            return batch.answer(energy * (self.weight / self.temperature))


def pair_errors(batch: LossBatch, layout: Layout, difference: Tensor) -> Tensor:
    """Weighted distance error (predicted - true) / r of each pair, see `residual`."""
    signal, noise = batch.ratio()
    return weighted_distance_error(
        difference,
        layout.difference(batch.clean_residual()),
        layout.spread(signal),
        layout.spread(noise),
    )


def pair_stiffness(
    batch: LossBatch,
    layout: Layout,
    difference: Tensor,
    law: StiffnessLaw,
    distances: str = "positions",
) -> Tensor:
    """Stiffness times weight of each pair, without gradient; 0 where a pair does not count."""
    length, apart = lengths(difference)
    seen = LAW_DISTANCES[distances](batch, layout, length * batch.length_scale)
    counts = apart if layout.valid is None else apart & layout.valid
    pairs = Pairs(torch.where(counts, seen, 1), _orders(batch, layout), _numbers(batch, layout))
    stiffness = torch.where(counts, law(pairs).detach().to(length.dtype), 0)
    return stiffness if layout.weight is None else stiffness * layout.weight


def _orders(batch: LossBatch, layout: Layout) -> Tensor | None:
    if batch.bonds is None:
        return None
    return bond_orders(batch.bonds, *layout.atoms(), batch.num_slots)


def _numbers(batch: LossBatch, layout: Layout) -> tuple[Tensor, Tensor] | None:
    return None if batch.numbers is None else layout.ends(batch.numbers)


def _position_distances(batch: LossBatch, layout: Layout, distances: Tensor) -> Tensor:
    return distances


def _feature_distances(batch: LossBatch, layout: Layout, distances: Tensor) -> Tensor:
    if batch.features is None:
        raise ValueError(
            "distances=features needs the node features, and this batch has none; "
            "pass `features` in the loss batch or use distances=positions"
        )
    features = batch.fill_padding(batch.features.detach().to(batch.wide))
    joined = torch.cat([distances[..., None], layout.difference(features)], dim=-1)
    return lengths(joined)[0]


LAW_DISTANCES: Mapping[str, Callable[[LossBatch, Layout, Tensor], Tensor]] = {
    "positions": _position_distances,
    "features": _feature_distances,
}
