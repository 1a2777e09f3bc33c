"""Record what JODO's own code says about bonds that a model states: numbers only.

Run from the root of the repository, with JODO's requirements installed and its checkout given:

    ELOSS_JODO=path/to/JODO python tests/regression/record_jodo_metrics.py

It writes tests/regression/jodo_metrics.npz. The molecules are made here: those of short SMILES,
whole and with charges and bonds changed at random, and random graphs. JODO's table of valences goes
along as its code reads it: an element without charges in it is judged alike whatever its charge,
and a charge that is not listed is judged as none.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from rdkit import Chem, RDLogger

COMMIT = "0e6326a6b8d8ad027b3fbf3ddfd5065133a36693"
TARGET = Path(__file__).with_name("jodo_metrics.npz")
DECODER = ["H", "C", "N", "O", "F"]
CHARGES = range(-3, 4)
ORDERS = {"SINGLE": 1.0, "DOUBLE": 2.0, "TRIPLE": 3.0, "AROMATIC": 1.5}
SMILES = """C CC C=C C#C CO C=O CN C#N O N F CF CCO C1CC1 OC=O CC#N c1cc[nH]c1 c1ccoc1
c1ncc[nH]1 c1ccccc1 c1ccncc1 c1ccc2ccccc2c1 C[N+](=O)[O-] C[NH3+] CC(=O)[O-] [C-]#[O+] C[N+]#[C-]
CC(=O)N [NH4+] [OH-] N#[N+]C [CH3] C[NH] [OH] c1cnc[nH]1 O=c1cc[nH]cc1 c1cc[n+]([O-])cc1
[O-][n+]1ccccc1C FC(F)F"""
KINDS = {order: Chem.BondType.names[name] for name, order in ORDERS.items()}
CHANGES = 8

Case = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Atomic numbers, formal charges and the matrix of orders."""


def of_smiles(smiles: str, *, kekulise: bool) -> Case:
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    if kekulise:
        Chem.Kekulize(molecule, clearAromaticFlags=True)
    atoms = list(molecule.GetAtoms())
    orders = np.zeros((len(atoms), len(atoms)))
    for bond in molecule.GetBonds():
        ends = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        orders[ends] = orders[ends[::-1]] = ORDERS[bond.GetBondType().name]
    charges = np.array([atom.GetFormalCharge() for atom in atoms])
    return np.array([atom.GetAtomicNum() for atom in atoms]), charges, orders


def changed(case: Case, random: np.random.Generator) -> Case:
    numbers, charges, orders = (part.copy() for part in case)
    for _ in range(random.integers(1, 4)):
        first, second = random.choice(len(numbers), 2, replace=len(numbers) < 2)
        if random.random() < 0.6 and first != second:
            orders[first, second] = orders[second, first] = random.choice([0.0, 1.0, 2.0, 3.0])
        else:
            largest = 1 if (orders == ORDERS["AROMATIC"]).any() else 2
            charges[first] = random.integers(-largest, largest + 1)
    return numbers, charges, orders


def by_chance(random: np.random.Generator) -> Case:
    size = int(random.integers(1, 12))
    numbers = random.choice([1, 6, 7, 8, 9], size)
    upper = np.triu(random.choice([0.0, 1.0, 2.0, 3.0, 1.5], (size, size), p=WEIGHTS), 1)
    return numbers, random.choice([-1, 0, 0, 0, 0, 1], size), upper + upper.T


WEIGHTS = [0.75, 0.13, 0.06, 0.03, 0.03]


def cases() -> Iterator[Case]:
    random = np.random.default_rng(0)
    for smiles in SMILES.split():
        for kekulise in (True, False):
            whole = of_smiles(smiles, kekulise=kekulise)
            yield whole
            for _ in range(CHANGES // 2):
                yield changed(whole, random)
    for _ in range(120):
        yield by_chance(random)


def graph(case: Case) -> Chem.RWMol:
    """The graph that JODO builds."""
    numbers, charges, orders = case
    built = Chem.RWMol()
    for number, charge in zip(numbers.tolist(), charges.tolist(), strict=True):
        atom = Chem.Atom(number)
        atom.SetFormalCharge(charge if charge in (-1, 1) else 0)
        built.AddAtom(atom)
    for first, second in np.argwhere(np.triu(orders)).tolist():
        built.AddBond(first, second, KINDS[orders[first, second]])
    return built


def aromatic_left(case: Case, *, strict: bool) -> list[bool]:
    """Which bonds RDKit leaves aromatic; a strict one refuses those outside rings, a lax one, which
    JODO uses, may call them single."""
    built = graph(case)
    before = [bond.GetBondType() == KINDS[1.5] for bond in built.GetBonds()]
    try:
        Chem.Kekulize(built, clearAromaticFlags=strict)
    except ValueError:
        return before
    return [bond.GetBondType() == KINDS[1.5] for bond in built.GetBonds()]


def is_aromatic(case: Case) -> list[bool]:
    return [bond.GetBondType() == KINDS[1.5] for bond in graph(case).GetBonds()]


def judged(case: Case) -> tuple[int, int]:
    from evaluation.stability import bond_list, check_2D_stability

    numbers, charges, orders = case
    kinds = {kind: place for place, kind in enumerate(bond_list) if kind is not None}
    edges = np.zeros(orders.shape, np.int64)
    for first, second in np.argwhere(orders).tolist():
        name = next(name for name, order in ORDERS.items() if order == orders[first, second])
        edges[first, second] = kinds[Chem.BondType.names[name]]
    table = Chem.GetPeriodicTable()
    types = [DECODER.index(table.GetElementSymbol(int(number))) for number in numbers]
    fcs = {f"{symbol}{q}": 1 for symbol in DECODER for q in (-1, 1)}
    info = {"name": "QM9", "atom_decoder": DECODER, "atom_fc_num": fcs}
    stable, atoms, _, _ = check_2D_stability(
        None, torch.tensor(types), torch.tensor(charges), torch.tensor(edges), info
    )
    return int(stable), int(atoms)


def table_rows() -> np.ndarray:
    """Atomic number, charge and allowed valence, as JODO's code comes to read its table."""
    from evaluation.bond_analyze import allowed_fc_bonds

    rows = []
    for symbol in DECODER:
        entry = allowed_fc_bonds[symbol]
        by_charge = entry if isinstance(entry, dict) else {0: entry}
        for charge in CHARGES:
            found = by_charge.get(charge, by_charge[0])
            for valence in [found] if isinstance(found, int) else found:
                rows.append((Chem.GetPeriodicTable().GetAtomicNumber(symbol), charge, valence))
    return np.array(rows, np.int8)


def main() -> None:
    RDLogger.DisableLog("rdApp.*")
    sys.path.insert(0, os.environ["ELOSS_JODO"])
    made = list(cases())
    answers = np.array([judged(case) for case in made])
    np.savez_compressed(
        TARGET,
        commit=COMMIT,
        table=table_rows(),
        sizes=np.array([len(numbers) for numbers, _, _ in made]),
        numbers=np.concatenate([numbers for numbers, _, _ in made]).astype(np.int8),
        charges=np.concatenate([charges for _, charges, _ in made]).astype(np.int8),
        orders=np.concatenate([orders[np.triu_indices(len(n), 1)] for n, _, orders in made]),
        kekulised=np.array([not any(aromatic_left(case, strict=True)) for case in made]),
        cut=np.array([aromatic_left(case, strict=False) == is_aromatic(case) for case in made]),
        stable=answers[:, 0].astype(bool),
        stable_atoms=answers[:, 1],
    )


if __name__ == "__main__":
    main()
