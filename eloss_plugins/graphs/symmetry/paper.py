"""The symmetrised random graph of the paper, to compare with."""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.symmetry.group import Group
from eloss_plugins.graphs.symmetry.orbits import atom_orbits, close_edges


def paper_symmetrized(group: Group, degree: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """`(edges, 2)` int32, sorted: random partners of one atom of each orbit, and all images.

    Of each orbit of atoms the first gets `degree` different partners, drawn uniformly from all
    other atoms (all of them where there are not more); the edges are the images of these pairs
    under the group. Without symmetry every atom is its own orbit and draws for itself, so an
    atom has about twice `degree` edges. Orbits of random pairs are large: the number of edges
    grows like the sum over the pairs drawn of the sizes of their orbits, up to quadratic in the
    atoms.

    Args:
        group: of permutations of the atoms.
        degree: partners of an atom; the paper takes twice the dimension.
        rng: of the draws.

    Reference: arXiv:2511.02087, sparse graphs made invariant under automorphisms.
    """
    firsts = np.unique(atom_orbits(group), return_index=True)[1]
    count = min(degree, max(group.num_atoms - 1, 0))
    partners = [rng.choice(group.num_atoms - 1, count, replace=False) for _ in firsts]
    drawn = [
        np.column_stack([np.full(count, first), others + (others >= first)])
        for first, others in zip(firsts, partners, strict=True)
    ]
    return close_edges(group, np.concatenate([np.zeros((0, 2), np.int64), *drawn]))
