"""Which molecules the bundled set is made of: all small graphs, a random draw of larger ones."""

import random
from dataclasses import dataclass, field

from rdkit import Chem

from eloss_plugins.data.builder.enumeration import grow_all, grow_one, seeds
from eloss_plugins.data.builder.filters import objection, unusual
from eloss_plugins.data.builder.verify import plain_smiles

DRAWS_PER_MOLECULE = 400
SCAFFOLD_SHARE = 0.25  # of the parents in random growth, where there are rings of that size
# Common rings, which random growth by single bonds would seldom close.
_SCAFFOLD_LIST = """
    C1CCCC1 C1CCNC1 C1CCOC1 c1cc[nH]c1 c1ccoc1 c1cnc[nH]1 c1cn[nH]c1 c1cocn1 c1cnoc1 c1nnco1
    c1nc[nH]n1 C1=CCCC1 C1COCO1 C1CNCN1 C1CCCCC1 C1CCNCC1 C1CCOCC1 C1CNCCN1 C1COCCN1 C1COCCO1
    C1=CCCCC1 C1=CCC=CC1 C1=COC=CC1 O=C1CCCC1 O=C1CCCN1 O=C1CCCO1 O=C1C=CCC1 O=c1cccc[nH]1
    O=C1CCCCC1 O=C1CCCCN1 C1CC2CC1C2 C1CC2CCC1C2 C1CCC2CC2C1 C1CC2(C1)CCC2
"""
SCAFFOLDS = tuple(_SCAFFOLD_LIST.split())


@dataclass(frozen=True)
class Plan:
    """How many candidates of each size.

    Attributes:
        exhaustive_to: up to this many heavy atoms, every accepted graph is a candidate.
        draws: for larger sizes, heavy atoms -> candidates drawn by random growth.
        seed: of the random growth.
    """

    exhaustive_to: int = 5
    draws: dict[int, int] = field(default_factory=lambda: {6: 2000, 7: 1600, 8: 1200, 9: 1000})
    seed: int = 0


def candidates(plan: Plan) -> list[str]:
    """Canonical SMILES of all candidates, by size, then alphabetically."""
    levels = _exhaustive_levels(plan.exhaustive_to)
    for heavy_atoms in sorted(plan.draws):
        rng = random.Random(f"{plan.seed}/{heavy_atoms}")
        levels.append(_draw(levels[-1], plan.draws[heavy_atoms], rng))
    return [smiles for level in levels for smiles in level]


def _exhaustive_levels(largest: int) -> list[list[str]]:
    """Accepted graphs of 1, 2, ... heavy atoms; the refused ones still serve as parents."""
    level = seeds()
    accepted = [_accepted(level)]
    for _ in range(largest - 1):
        level = grow_all(level)
        accepted.append(_accepted(level))
    return accepted


def _accepted(level: list[str]) -> list[str]:
    return sorted(smiles for smiles in level if objection(smiles) is None)


def _draw(parents: list[str], count: int, rng: random.Random) -> list[str]:
    """`count` accepted and usual graphs, each grown from a random parent."""
    heavy_atoms = heavy_atoms_of(parents[0]) + 1
    usual = [smiles for smiles in parents if unusual(smiles) is None]
    rings = [plain_smiles(ring) for ring in SCAFFOLDS if heavy_atoms_of(ring) == heavy_atoms - 1]
    drawn: set[str] = set()
    for _ in range(count * DRAWS_PER_MOLECULE):
        if len(drawn) == count:
            return sorted(drawn)
        pool = rings if rings and rng.random() < SCAFFOLD_SHARE else usual
        smiles = grow_one(rng.choice(pool), rng)
        fresh = smiles not in drawn and heavy_atoms_of(smiles) == heavy_atoms
        if fresh and objection(smiles) is None and unusual(smiles) is None:
            drawn.add(smiles)
    raise RuntimeError(f"found {len(drawn)} of {count} graphs with {heavy_atoms} heavy atoms")


def heavy_atoms_of(smiles: str) -> int:
    """Atoms other than hydrogen."""
    return int(Chem.MolFromSmiles(smiles).GetNumAtoms())
