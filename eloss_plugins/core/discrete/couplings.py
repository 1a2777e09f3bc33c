"""Couplings between spins: any graph, each pair once."""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.core.discrete.coupling_checks import (
    check_form,
    check_matrix_form,
    check_matrix_values,
    check_values,
    edge_key,
)
from eloss_plugins.core.numerics import working_dtype


@dataclass(frozen=True)
class Couplings:
    """The couplings J of H(s) = -sum over pairs of J_ij s_i s_j, on any graph.

    A pair whose coupling is 0 is no bond: that is how systems of one batch get graphs of
    their own.

    Attributes:
        index: `(2, pairs)` int64, the two sites of each pair, first < second, each pair once.
        values: `(systems, pairs)` couplings, or `(pairs,)` for all systems; finite.

    Raises:
        TypeError: an index that is not int64, or couplings that are not floating point.
        ValueError: shapes that do not fit, a site coupled to itself, a pair that stands twice or
            with its sites in falling order, a coupling that is not finite. Numbers are not looked
            at while torch.compile traces.
    """

    index: Tensor
    values: Tensor

    def __post_init__(self) -> None:
        check_form(self.index, self.values)
        if not torch.compiler.is_compiling():
            check_values(self.index, self.values)

    @classmethod
    def from_dense(cls, matrix: Tensor) -> "Couplings":
        """The couplings of symmetric matrices.

        Args:
            matrix: `(sites, sites)`, or `(systems, sites, sites)` for couplings of each system;
                a pair is kept when it is coupled in any system.

        Raises:
            TypeError: not floating point.
            ValueError: not square, not symmetric, not finite, or a site coupled to itself.
        """
        check_matrix_form(matrix)
        check_matrix_values(matrix)
        coupled = (matrix != 0).reshape(-1, *matrix.shape[-2:]).any(0)
        first, second = coupled.triu(1).nonzero().T
        return cls(torch.stack([first, second]), matrix[..., first, second])

    @classmethod
    def from_edges(cls, index: Tensor, values: Tensor) -> "Couplings":
        """The couplings of a list of edges, in any order and direction.

        Edges that join the same two sites add up, as the two bonds around a lattice of period 2
        do.

        Args:
            index: `(2, edges)` int64.
            values: `(systems, edges)` or `(edges,)`.

        Raises:
            TypeError: as for the class.
            ValueError: as for the class.
        """
        check_form(index, values)
        key, width = edge_key(index)
        kept, place = torch.unique(key, return_inverse=True)
        total = values.new_zeros((*values.shape[:-1], kept.shape[0]))
        return cls(torch.stack([kept // width, kept % width]), total.index_add(-1, place, values))

    @property
    def num_pairs(self) -> int:
        """Pairs in the list."""
        return self.index.shape[1]

    def field(self, spins: Tensor) -> Tensor:
        """h_i = sum over j of J_ij s_j, `(..., sites)` like `spins`, spins or their means."""
        return field(self.index, self.values, spins)

    def energy(self, spins: Tensor) -> Tensor:
        """H = -sum over pairs of J_ij s_i s_j, `(...)` of `(..., sites)` spins or their means.

        Of the means of independent spins it is the mean energy: H is linear in each spin.
        """
        spins = spins.to(working_dtype(self.values, spins))
        return -(self.values * bonds(self.index, spins)).sum(-1)


def field(index: Tensor, values: Tensor, spins: Tensor) -> Tensor:
    """The field on each site, `(..., sites)`, in float32, or float64 if one of the inputs is.

    Args:
        index: `(2, pairs)` int64.
        values: `(systems, pairs)` or `(pairs,)`.
        spins: `(systems, sites)`, or with further axes before these.
    """
    first, second = index
    spins = spins.to(working_dtype(values, spins))
    from_second = values * spins.index_select(-1, second)
    from_first = values * spins.index_select(-1, first)
    onto_first = torch.zeros_like(spins).index_add(-1, first, from_second)
    return onto_first.index_add(-1, second, from_first)


def bonds(index: Tensor, spins: Tensor) -> Tensor:
    """`(..., pairs)` products s_i s_j of `(..., sites)` spins."""
    # index_select: its gradient is several times faster than that of indexing.
    return spins.index_select(-1, index[0]) * spins.index_select(-1, index[1])
