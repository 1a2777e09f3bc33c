"""The energy loss as one function, for the user's own training code."""

from dataclasses import dataclass
from typing import TypedDict, Unpack

import torch
from torch import Tensor

from eloss_plugins.core.bonds import Bonds
from eloss_plugins.core.checks import (
    check_floating,
    check_known,
    check_mask,
    check_positions,
    check_same_shape,
)
from eloss_plugins.core.edges import Complete, Edges, EdgeSet, edges_from_user
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.losses.energy import Energy
from eloss_plugins.core.numerics import working_dtype
from eloss_plugins.core.stiffness import STIFFNESS_LAWS, StiffnessLaw


class EnergyOptions(TypedDict, total=False):
    """What `energy_loss` takes beside the geometry; the defaults are those of `Energy`."""

    temperature: float
    reduction: str
    weight: float
    normalize: str
    segments: str
    bonds: Bonds
    numbers: Tensor
    length_scale: float
    num_molecules: int


KNOWN_OPTIONS = tuple(EnergyOptions.__annotations__)


def energy_loss(
    prediction: Tensor,
    target: Tensor,
    mask: Tensor | None = None,
    *,
    batch: Tensor | None = None,
    stiffness: str | StiffnessLaw = "exponential",
    edges: Tensor | EdgeSet | None = None,
    **options: Unpack[EnergyOptions],
) -> Tensor:
    """Energy of each predicted molecule on the surface whose minimum is its target.

    E = sum over unordered pairs of k(d) (d - predicted d)**2, the same for a prediction moved,
    turned or mirrored, and for one whose equal atoms are exchanged by a symmetry.

    Args:
        prediction: `(molecules, atoms, D)` padded or `(atoms, D)` flat positions, D = 1, 2 or 3.
        target: the clean positions, same shape; no gradient flows through it.
        mask: `(molecules, atoms)` bool, true for real atoms; None when all are.
        batch: `(atoms,)` int64 molecule of each atom, for flat positions; any order.
        stiffness: name of a law (`constant`, `inverse`, `inverse-square`, `exponential`,
            `lennard-jones`, `morse`, `from-potential`) with the paper's formula, or a law.
        edges: `(2, edges)` undirected pairs of atoms of the flattened batch, an edge set, or
            None for all pairs. Given with a fixed `num_molecules`, flat batches compile too.
        **options: `temperature`, `reduction` (`sum`, `per_atom`, `mean_pairs`), `weight`,
            `normalize` (`none`, `mean_one`), `segments` (`torch`, `torch_scatter`), `bonds`,
            `numbers`, `length_scale` (angstrom per unit of the positions), `num_molecules` (of a
            flat batch whose last molecules may be empty).

    Returns:
        `(molecules,)` energies in squared units of the positions, float32 or, for float64
        input, float64; 0 for molecules of fewer than two atoms.

    Raises:
        TypeError: integer positions, a mask that is not bool, an option of another name.
        ValueError: shapes that do not fit, an unknown law, or edges that leave a molecule.

    Example:
        >>> import torch
        >>> target = torch.tensor([[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]])
        >>> energy_loss(2 * target, target, stiffness="constant")
        tensor([1.])

    Reference:
        arXiv 2511.02087, Eq. 7.
    """
    _check(prediction, target, mask)
    _check_names(options)
    loss_batch = _loss_batch(prediction, target, mask, batch, options)
    energy = Energy(
        stiffness=find_stiffness(stiffness),
        edges=_find_edges(edges, loss_batch),
        temperature=options.get("temperature", 1.0),
        reduction=options.get("reduction", "sum"),
        weight=options.get("weight", 1.0),
        normalize=options.get("normalize", "none"),
        segments=options.get("segments", "torch"),
    )
    return energy(loss_batch)


def find_stiffness(stiffness: str | StiffnessLaw) -> StiffnessLaw:
    """The law of that name with its defaults; a law is its own answer.

    Raises:
        ValueError: unknown name.
    """
    if not isinstance(stiffness, str):
        return stiffness
    check_known("stiffness", stiffness, STIFFNESS_LAWS)
    return STIFFNESS_LAWS[stiffness]()


def _check(prediction: Tensor, target: Tensor, mask: Tensor | None) -> None:
    check_positions("prediction", prediction)
    check_floating("target", target)
    check_same_shape("prediction", prediction, "target", target)
    if mask is not None:
        check_mask(mask, prediction)


def _check_names(options: EnergyOptions) -> None:
    """`**options` would take a misspelt name without a word, and the loss would be another one."""
    for name in options:
        if name not in KNOWN_OPTIONS:
            raise TypeError(
                f"unknown option `{name}` of energy_loss; known: {', '.join(KNOWN_OPTIONS)}. "
                "The other options of `Energy` are set on the loss itself"
            )


def _loss_batch(
    prediction: Tensor,
    target: Tensor,
    mask: Tensor | None,
    batch: Tensor | None,
    options: EnergyOptions,
) -> LossBatch:
    dtype = working_dtype(prediction, target)
    residual = prediction.to(dtype) - target.detach().to(dtype)
    molecules = _count_molecules(target, batch, options)
    one = torch.ones(molecules, dtype=dtype, device=target.device)
    return LossBatch(
        target=target,
        residual=residual,
        signal=one,
        noise=one,
        mask=mask,
        batch=batch,
        length_scale=options.get("length_scale", 1.0),
        bonds=options.get("bonds"),
        numbers=options.get("numbers"),
    )


def _count_molecules(target: Tensor, batch: Tensor | None, options: EnergyOptions) -> int:
    if batch is None:
        return _count_padded(target, options)
    if "num_molecules" in options:
        return options["num_molecules"]
    # Reads one number back from the device; `num_molecules` spares it.
    return int(batch.max()) + 1 if len(batch) else 0


def _count_padded(target: Tensor, options: EnergyOptions) -> int:
    given = options.get("num_molecules", target.shape[0])
    if given != target.shape[0]:
        raise ValueError(
            f"`num_molecules` must be {target.shape[0]}, the molecules of padded positions "
            f"{tuple(target.shape)}; got {given}. Leave it out: only flat positions need it"
        )
    return target.shape[0]


@dataclass(frozen=True)
class _Fixed:
    """An edge set that was computed beforehand."""

    edges: Edges

    def __call__(self, batch: LossBatch) -> Edges | None:
        return self.edges


def _find_edges(edges: Tensor | EdgeSet | None, batch: LossBatch) -> EdgeSet:
    if edges is None:
        return Complete()
    if isinstance(edges, Tensor):
        return _Fixed(edges_from_user(edges, batch))
    return edges
