"""The symmetry of a molecule in space: permutations of atoms that rotations or reflections do."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry.alignment import Matcher, deviations
from eloss_plugins.graphs.symmetry.chain import stabilizer_chain
from eloss_plugins.graphs.symmetry.frames import choose_frame, site_classes
from eloss_plugins.graphs.symmetry.group import Group, Permutation, group_of, trivial_group
from eloss_plugins.graphs.symmetry.listing import list_members
from eloss_plugins.graphs.symmetry.sites import Sites, sites_of

TOLERANCE = 0.05
"""Angstrom. Optimised conformers of symmetric molecules are symmetric to about 0.01."""

CLOSURE = 3.0
"""How many tolerances a product of symmetries within tolerance may be off."""

MAX_HALVINGS = 8
POLYHEDRAL_ORDER = 120


def geometric_group(structure: Structure, tolerance: float = TOLERANCE) -> Group:
    """The permutations of atoms that an isometry of space does, to within a tolerance.

    A permutation is in it when equal elements change places and one rotation or reflection takes
    each atom to within `tolerance` of its image. By the theorem that equal distances mean
    congruence these are the automorphisms of the matrix of distances and elements. It is the
    group of permutations, not the point group: of a planar molecule the reflection in its plane
    moves no atom, so benzene has 12 permutations where its point group D6h has 24 members, and a
    linear molecule has 1 or 2. Atoms within the tolerance of each other count as coincident, and
    equal ones may change places.

    Symmetries within a tolerance need not form a group. Where those found generate others that
    are off by more than `CLOSURE` tolerances, the tolerance is halved, until they do form one.

    Args:
        structure: atoms in 1, 2 or 3 dimensions, any number of them. Bonds are not looked at.
        tolerance: angstrom.

    Raises:
        UsageError: the tolerance is not a positive number.

    Reference: Sims, Computational Problems in Abstract Algebra (1970) 169, for groups by a base,
    which for isometries of space is at most three atoms.
    """
    if not 0 < tolerance < np.inf:
        raise UsageError(f"tolerance must be a positive length in angstrom; got {tolerance}")
    for halvings in range(MAX_HALVINGS):
        sites = sites_of(structure, tolerance / 2**halvings)
        group = _site_group(sites, tolerance / 2**halvings)
        if _is_group(sites, group, tolerance / 2**halvings):
            return sites.lift(group)
    return sites.lift(trivial_group(len(sites)))


def _site_group(sites: Sites, tolerance: float) -> Group:
    classes = site_classes(sites, tolerance)
    base = choose_frame(sites.positions, classes, tolerance)
    candidates = [np.flatnonzero(classes == classes[site]) for site in base]
    if all(len(images) == 1 for images in candidates):
        return trivial_group(len(sites))
    search = _Search(sites, classes, base, tolerance)
    members, order = stabilizer_chain(base.tolist(), candidates, search, len(sites))
    return group_of(members, order, len(sites))


class _Search:
    """Finds an isometry that fixes the first sites of the base and moves the next to a place."""

    def __init__(
        self, sites: Sites, classes: NDArray[np.int64], base: NDArray[np.int64], tolerance: float
    ) -> None:
        self._base, self._classes, self._tolerance = base, classes, tolerance
        self._positions = sites.positions
        self._matcher = Matcher(sites.positions, sites.kinds, tolerance)
        self._radii = np.linalg.norm(sites.positions, axis=1)

    def __call__(self, level: int, image: int) -> Permutation | None:
        fixed = self._base[:level].tolist()
        if image not in self._images(fixed):
            return None
        for images in self._completions([*fixed, image]):
            found = self._matcher.permutation(self._base, np.array(images))
            if found is not None:
                return found
        return None

    def _completions(self, images: list[int]) -> Iterator[list[int]]:
        """All images of the base that begin with those given and keep its distances."""
        if len(images) == len(self._base):
            yield images
            return
        for image in self._images(images):
            yield from self._completions([*images, image])

    def _images(self, images: list[int]) -> list[int]:
        """Images of the next site of the base that fit those of the sites before it."""
        level = len(images)
        site = self._base[level]
        fits = self._classes == self._classes[site]
        fits &= np.abs(self._radii - self._radii[site]) <= self._tolerance
        for known, image in zip(self._base[:level], images, strict=True):
            wanted = np.linalg.norm(self._positions[site] - self._positions[known])
            between = np.linalg.norm(self._positions - self._positions[image], axis=1)
            fits &= np.abs(between - wanted) <= 2 * self._tolerance
        return np.flatnonzero(fits).tolist()


def _is_group(sites: Sites, group: Group, tolerance: float) -> bool:
    """Whether the generators make as many members as counted, all near an isometry."""
    if group.is_trivial:
        return True
    if group.order > max(POLYHEDRAL_ORDER, 4 * len(sites)):
        return False
    members = list_members(group)
    if len(members) != group.order:
        return False
    worst = max(deviations(sites.positions, part).max() for part in _parts(members))
    return bool(worst <= CLOSURE * tolerance)


def _parts(members: NDArray[np.int32]) -> list[NDArray[np.int32]]:
    """Rows in parts of a million numbers or so, to bound memory."""
    return np.array_split(members, 1 + members.size // 1_000_000)
