"""Local-field loss: the energy of each predicted spin in the field of the true ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.core.checks import check_known, check_not_negative
from eloss_plugins.core.discrete.couplings import field
from eloss_plugins.core.discrete.losses.loss import mean_entropy
from eloss_plugins.core.discrete.spin_batch import SpinBatch
from eloss_plugins.core.numerics import full_precision


@dataclass(frozen=True)
class LocalField:
    """-(1/N) sum over i of (h_i + h0 y_i) m_i - T S/N, with h_i = sum over j of J_ij y_j.

    The energy is linear in the means m and minus the entropy is convex, so the loss is convex in m.
    With w_i = y_i h_i + h0 > 0 on every site it is least at m_i = y_i tanh(w_i / T) and nowhere
    else: at logits 2 y_i w_i / T, whose signs are the data's. A ground state has y_i h_i >= 0, so
    any h0 > 0 will do; for a configuration of any kind h0 must exceed max |h_i|, on the square
    lattice with |J| <= 1 at most 4. With T = 0 the logits grow without bound.

    Attributes:
        h0: weight of the data beside the couplings' field; large ones make it a cross-entropy.
        temperature: T, in units of the couplings.
        offset: `site` adds h0 y_i to the field. `coupling` adds h0 to every coupling instead, as
            printed in the paper; that pulls a spin towards its neighbours' sum and has its minimum
            elsewhere wherever they are anti-aligned. A negative control.
        paper_literal: Eq. 16 to the letter: `offset=coupling`, and the energy with the opposite
            sign, which is least at the global flip at best. A negative control.

    Reference:
        arXiv 2511.02087, Eq. 16, with sign and offset corrected.
    """

    h0: float = 0.5
    temperature: float = 0.1
    offset: str = "site"
    paper_literal: bool = False

    def __post_init__(self) -> None:
        check_not_negative(h0=self.h0, temperature=self.temperature)
        check_known("offset", self.offset, OFFSETS)

    def __call__(self, batch: SpinBatch) -> Tensor:
        """`(systems,)` energy per site, in units of the couplings."""
        offset = "coupling" if self.paper_literal else self.offset
        sign = 1 if self.paper_literal else -1
        with full_precision(batch.logits):
            energy = (sign * OFFSETS[offset](batch, self.h0) * batch.means).mean(-1)
            return energy - self.temperature * mean_entropy(batch)


def site_field(batch: SpinBatch, h0: float) -> Tensor:
    """`(systems, sites)` field h_i + h0 y_i, without gradient."""
    return batch.target_field + h0 * batch.clean_target


def coupling_field(batch: SpinBatch, h0: float) -> Tensor:
    """`(systems, sites)` field sum over bonded j of (J_ij + h0) y_j, without gradient."""
    values = batch.coupling_values
    shifted = torch.where(values != 0, values + h0, 0)
    return field(batch.couplings.index, shifted, batch.clean_target)


OFFSETS: Mapping[str, Callable[[SpinBatch, float], Tensor]] = {
    "site": site_field,
    "coupling": coupling_field,
}
