"""Molecular graphs over C, N, O and F, grown one heavy atom at a time."""

import random
from collections.abc import Iterable, Iterator

from rdkit import Chem

ELEMENTS = ("C", "N", "O", "F")
# How often random growth adds each element; about their shares in small drug-like molecules.
ELEMENT_WEIGHTS = (0.68, 0.13, 0.15, 0.04)


def grow_all(parents: Iterable[str]) -> list[str]:
    """Every graph with one heavy atom more than `parents`, sorted canonical SMILES.

    A connected graph has an atom whose removal leaves it connected; putting that atom back by one
    single bond and then closing rings and raising bond orders reaches the graph. So if `parents`
    holds every graph of n heavy atoms, the result holds every graph of n + 1.
    """
    frontier = {child for parent in parents for child in _attachments(_parse(parent))}
    found = set(frontier)
    while frontier:
        frontier = {s for smiles in frontier for s in _strengthenings(_parse(smiles))} - found
        found |= frontier
    return sorted(found)


def grow_one(parent: str, rng: random.Random, strengthen: float = 0.6) -> str:
    """One random graph with one heavy atom more than `parent`.

    Args:
        parent: canonical SMILES.
        rng: the source of randomness.
        strengthen: the chance to go on closing rings and raising bond orders, at each step.
    """
    element = rng.choices(ELEMENTS, ELEMENT_WEIGHTS)[0]
    smiles = _choice(_attachments(_parse(parent), (element,)), rng, parent)
    while rng.random() < strengthen:
        smiles = _choice(_strengthenings(_parse(smiles)), rng, smiles)
    return smiles


def seeds() -> list[str]:
    """The graphs with one heavy atom: methane, ammonia, water, hydrogen fluoride."""
    return sorted(ELEMENTS)


def _choice(options: Iterator[str], rng: random.Random, fallback: str) -> str:
    distinct = sorted(set(options))
    return rng.choice(distinct) if distinct else fallback


def _parse(smiles: str) -> Chem.Mol:
    molecule = Chem.MolFromSmiles(smiles)
    Chem.Kekulize(molecule, clearAromaticFlags=True)
    return molecule


def _attachments(molecule: Chem.Mol, elements: tuple[str, ...] = ELEMENTS) -> Iterator[str]:
    """Canonical SMILES with one atom more, bound by a single bond."""
    for atom in molecule.GetAtoms():
        if atom.GetTotalNumHs() == 0:
            continue
        for element in elements:
            edited = Chem.RWMol(molecule)
            new = edited.AddAtom(Chem.Atom(element))
            edited.AddBond(atom.GetIdx(), new, Chem.BondType.SINGLE)
            yield _canonical(edited)


def _strengthenings(molecule: Chem.Mol) -> Iterator[str]:
    """Canonical SMILES with one ring closed more or one bond order raised."""
    free = [atom.GetIdx() for atom in molecule.GetAtoms() if atom.GetTotalNumHs() > 0]
    for place, first in enumerate(free):
        for second in free[place + 1 :]:
            edited = Chem.RWMol(molecule)
            if _raise_order(edited, first, second):
                yield _canonical(edited)


def _raise_order(molecule: Chem.RWMol, first: int, second: int) -> bool:
    bond = molecule.GetBondBetweenAtoms(first, second)
    if bond is None:
        molecule.AddBond(first, second, Chem.BondType.SINGLE)
        return True
    if bond.GetBondType() == Chem.BondType.TRIPLE:
        return False
    single = bond.GetBondType() == Chem.BondType.SINGLE
    bond.SetBondType(Chem.BondType.DOUBLE if single else Chem.BondType.TRIPLE)
    return True


def _canonical(molecule: Chem.RWMol) -> str:
    for atom in molecule.GetAtoms():
        atom.SetNoImplicit(False)
        atom.SetNumExplicitHs(0)
    Chem.SanitizeMol(molecule)
    return str(Chem.MolToSmiles(molecule))
