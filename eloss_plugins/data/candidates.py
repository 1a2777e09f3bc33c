"""Which molecules the bundled set is made of: all small graphs, a random draw of larger ones."""

import random
from dataclasses import dataclass, field

from rdkit import Chem

from eloss_plugins.data.enumeration import grow_all, grow_one, seeds
from eloss_plugins.data.filters import objection

DRAWS_PER_MOLECULE = 200


@dataclass(frozen=True)
class Plan:
    """How many candidates of each size.

    Attributes:
        exhaustive_to: up to this many heavy atoms, every accepted graph is a candidate.
        draws: for larger sizes, heavy atoms -> candidates drawn by random growth.
        seed: of the random growth.
    """

    exhaustive_to: int = 5
    draws: dict[int, int] = field(default_factory=lambda: {6: 2000, 7: 1800, 8: 1500, 9: 1500})
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
    """`count` accepted graphs, each grown from a random parent."""
    heavy_atoms = Chem.MolFromSmiles(parents[0]).GetNumAtoms() + 1
    drawn: set[str] = set()
    for _ in range(count * DRAWS_PER_MOLECULE):
        if len(drawn) == count:
            return sorted(drawn)
        smiles = grow_one(rng.choice(parents), rng)
        grown = Chem.MolFromSmiles(smiles).GetNumAtoms() == heavy_atoms
        if grown and smiles not in drawn and objection(smiles) is None:
            drawn.add(smiles)
    raise RuntimeError(f"found {len(drawn)} of {count} graphs with {heavy_atoms} heavy atoms")
