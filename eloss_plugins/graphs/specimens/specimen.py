"""A structure of which the symmetry is known."""

from dataclasses import dataclass

from eloss_plugins.graphs.structure import Structure


@dataclass(frozen=True, eq=False)
class Specimen:
    """A structure with coordinates from formulas, and the orders of its groups.

    Attributes:
        structure: elements, positions in angstrom, bonds.
        point_group: Schoenflies symbol of the symmetry of these coordinates.
        geometric_order: how many permutations of the atoms an isometry does. It is the order of
            the point group, but half of it where a reflection moves no atom (planar molecules:
            benzene is D6h of order 24 and has 12), and 2 or 1 for linear molecules.
        topological_order: automorphisms of the bond graph that keep elements.
    """

    structure: Structure
    point_group: str
    geometric_order: int
    topological_order: int
