"""All specimens by name, with their symmetry."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from math import factorial
from types import MappingProxyType

from eloss_plugins.graphs.specimens import branched, cages, centred, chains, rings
from eloss_plugins.graphs.specimens.specimen import Specimen
from eloss_plugins.graphs.structure import Structure

TERT_BUTYL = 6**3 * 6
"""Symmetries of the bond graph of C(CH3)3: six in each methyl group, six of the three groups."""

TURNED_ALIKE = (25.0,) * 4
TURNED_IN_TURN = (25.0, -25.0, -25.0, 25.0)

TABLE: Mapping[str, tuple[Callable[[], Structure], str, int, int]] = {
    "bromochlorofluoromethane": (centred.bromochlorofluoromethane, "C1", 1, 1),
    "water": (centred.water, "C2v", 2, 2),
    "ammonia": (centred.ammonia, "C3v", 6, 6),
    "methane": (centred.methane, "Td", 24, 24),
    "boron trifluoride": (centred.boron_trifluoride, "D3h", 6, 6),
    "xenon tetrafluoride": (centred.xenon_tetrafluoride, "D4h", 8, 24),
    "bromine pentafluoride": (centred.bromine_pentafluoride, "C4v", 8, 120),
    "phosphorus pentafluoride": (centred.phosphorus_pentafluoride, "D3h", 12, 120),
    "iodine heptafluoride": (centred.iodine_heptafluoride, "D5h", 20, 5040),
    "sulphur hexafluoride": (centred.sulphur_hexafluoride, "Oh", 48, 720),
    "tungsten hexacarbonyl": (centred.tungsten_hexacarbonyl, "Oh", 48, 720),
    "cobalt hexanitrite": (centred.cobalt_hexanitrite, "Th", 24, 720 * 2**6),
    "ferrocene eclipsed": (partial(centred.ferrocene, 0.0), "D5h", 20, 200),
    "ferrocene staggered": (partial(centred.ferrocene, 36.0), "D5d", 20, 200),
    "hydrogen cyanide": (chains.hydrogen_cyanide, "Cinfv", 1, 1),
    "carbon dioxide": (chains.carbon_dioxide, "Dinfh", 2, 2),
    "acetylene": (chains.acetylene, "Dinfh", 2, 2),
    "butadiyne": (chains.butadiyne, "Dinfh", 2, 2),
    "ethane staggered": (partial(chains.ethane, 60.0), "D3d", 12, 72),
    "ethane eclipsed": (partial(chains.ethane, 0.0), "D3h", 12, 72),
    "ethane twisted": (partial(chains.ethane, 30.0), "D3", 6, 72),
    "octatriyne staggered": (partial(chains.octatriyne, 60.0), "D3d", 12, 72),
    "octatriyne twisted": (partial(chains.octatriyne, 20.0), "D3", 6, 72),
    "hydrogen peroxide": (chains.hydrogen_peroxide, "C2", 2, 2),
    "ethylene": (chains.ethylene, "D2h", 4, 8),
    "allene": (chains.allene, "D2d", 8, 8),
    "dichlorodifluoroethane": (chains.dichlorodifluoroethane, "Ci", 2, 2),
    "biphenyl": (chains.biphenyl, "D2", 4, 8),
    "bis(phenylethynyl)benzene": (chains.bis_phenylethynyl_benzene, "D2h", 4, 16),
    "icosane": (partial(chains.alkane, 20), "C2h", 4, 2 * 2**18 * 6**2),
    "phosphorus": (cages.phosphorus, "Td", 24, 24),
    "tetrahedrane": (cages.tetrahedrane, "Td", 24, 24),
    "cubane": (cages.cubane, "Oh", 48, 48),
    "prismane": (cages.prismane, "D3h", 12, 12),
    "dodecaborate": (cages.dodecaborate, "Ih", 120, 120),
    "dodecahedrane": (cages.dodecahedrane, "Ih", 120, 120),
    "fullerene": (cages.fullerene, "Ih", 120, 120),
    "snub cube": (cages.snub_cube, "O", 24, 24),
    "sulphur": (cages.sulphur, "D4d", 16, 16),
    "lattice 4x4x4": (partial(cages.lattice, 4), "Oh", 48, 48),
    "benzene": (partial(rings.honeycomb, "benzene"), "D6h", 12, 12),
    "naphthalene": (partial(rings.honeycomb, "naphthalene"), "D2h", 4, 4),
    "phenanthrene": (partial(rings.honeycomb, "phenanthrene"), "C2v", 2, 2),
    "pyrene": (partial(rings.honeycomb, "pyrene"), "D2h", 4, 4),
    "triphenylene": (partial(rings.honeycomb, "triphenylene"), "D3h", 6, 6),
    "coronene": (partial(rings.honeycomb, "coronene"), "D6h", 12, 12),
    "cyclopropane": (partial(rings.cyclic_alkane, 3), "D3h", 12, 6 * 2**3),
    "cyclobutane": (partial(rings.cyclic_alkane, 4), "D4h", 16, 8 * 2**4),
    "cyclohexane": (rings.cyclohexane, "D3d", 12, 12 * 2**6),
    "porphine": (rings.porphine, "D2h", 4, 4),
    "polygon 5": (partial(rings.polygon, 5), "D5h", 10, 10),
    "polygon 20": (partial(rings.polygon, 20), "D20h", 40, 40),
    "polygon 100": (partial(rings.polygon, 100), "D100h", 200, 200),
    "axis 40 and ring 40": (partial(rings.axis_and_ring, 40, 40), "D40h", 160, 160),
    "neopentane staggered": (partial(branched.neopentane, 60.0), "Td", 24, 24 * 6**4),
    "neopentane twisted": (partial(branched.neopentane, 40.0), "T", 12, 24 * 6**4),
    "adamantane": (branched.adamantane, "Td", 24, 24 * 2**6),
    "tetraphenylmethane": (
        partial(branched.tetraphenylmethane, (90.0,) * 4),
        "D2d",
        8,
        24 * 2**4,
    ),
    "tetraphenylmethane turned alike": (
        partial(branched.tetraphenylmethane, TURNED_ALIKE),
        "D2",
        4,
        24 * 2**4,
    ),
    "tetraphenylmethane turned in turn": (
        partial(branched.tetraphenylmethane, TURNED_IN_TURN),
        "S4",
        4,
        24 * 2**4,
    ),
    "tri-tert-butylmethane": (branched.tri_tert_butyl_methane, "C3", 3, 6 * TERT_BUTYL**3),
    "tri-tert-butylbenzene": (
        partial(branched.tri_tert_butyl_benzene, (1, 1, 1)),
        "C3h",
        6,
        6 * TERT_BUTYL**3,
    ),
    "tri-tert-butylbenzene, one group turned": (
        partial(branched.tri_tert_butyl_benzene, (1, 1, -1)),
        "Cs",
        2,
        6 * TERT_BUTYL**3,
    ),
    "dendrimer 3": (partial(branched.dendrimer, 3), "Td", 24, 24 * TERT_BUTYL**4),
    "dendrimer 4": (
        partial(branched.dendrimer, 4),
        "Td",
        24,
        24 * (factorial(3) * TERT_BUTYL**3) ** 4,
    ),
}
"""Name: how it is made, point group, geometric order, topological order."""


@lru_cache(maxsize=1)
def specimens() -> Mapping[str, Specimen]:
    """All specimens by name."""
    return MappingProxyType({name: _specimen(*row) for name, row in TABLE.items()})


def _specimen(make: Callable[[], Structure], *symmetry: *tuple[str, int, int]) -> Specimen:
    return Specimen(make(), *symmetry)
