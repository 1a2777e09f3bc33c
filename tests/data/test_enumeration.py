import itertools
import random

import numpy as np
import pytest
from rdkit import Chem

from eloss_plugins.chem.silence import silence
from eloss_plugins.data.builder.enumeration import grow_all, grow_one, seeds
from eloss_plugins.data.builder.filters import objection

VALENCE = {"C": 4, "N": 3, "O": 2, "F": 1}
BOND = [None, Chem.BondType.SINGLE, Chem.BondType.DOUBLE, Chem.BondType.TRIPLE]


def all_graphs(count: int) -> set[str]:
    """Every connected graph of `count` heavy atoms, by trying every matrix of bond orders."""
    pairs = list(itertools.combinations(range(count), 2))
    found = set()
    for symbols in itertools.combinations_with_replacement(VALENCE, count):
        for orders in itertools.product(range(4), repeat=len(pairs)):
            matrix = np.zeros((count, count), int)
            for (first, second), order in zip(pairs, orders, strict=True):
                matrix[first, second] = matrix[second, first] = order
            if (matrix.sum(0) > [VALENCE[symbol] for symbol in symbols]).any():
                continue
            if (np.linalg.matrix_power((matrix > 0) + np.eye(count), count) > 0).all():
                found.add(smiles_of(symbols, matrix))
    return found


def smiles_of(symbols, matrix) -> str:
    molecule = Chem.RWMol()
    for symbol in symbols:
        molecule.AddAtom(Chem.Atom(symbol))
    for first, second in zip(*np.nonzero(np.triu(matrix)), strict=True):
        molecule.AddBond(int(first), int(second), BOND[matrix[first, second]])
    Chem.SanitizeMol(molecule)
    return Chem.MolToSmiles(molecule)


def level(count: int) -> list[str]:
    smiles = seeds()
    for _ in range(count - 1):
        smiles = grow_all(smiles)
    return smiles


@pytest.mark.parametrize("count", [1, 2, 3, pytest.param(4, marks=pytest.mark.slow)])
def test_growth_finds_every_graph(count):
    assert set(level(count)) == all_graphs(count)


def test_random_growth_adds_one_heavy_atom():
    rng = random.Random(0)
    for parent in ["CC", "c1ccoc1", "O=C=O", "C1CCCCC1"]:
        grown = Chem.MolFromSmiles(grow_one(parent, rng))
        expected = Chem.MolFromSmiles(parent).GetNumAtoms() + (parent != "O=C=O")
        assert grown.GetNumAtoms() == expected


_FAMILIAR = """
    C N O F CC C=C C#C CO C=O CF CN N#N C#N CCO COC CC=O C1CC1 C1CO1 C=C=O O=C=O N=C=O CC#N C=CC=C
    CC(C)=O CC(=O)O CC(N)=O NC(N)=O CN(C)C C1CCC1 FC(F)F c1ccoc1 c1c[nH]cn1 C1CCCCC1 c1ccccc1
    c1ccncc1 CC(=O)OC C1CC2CCC1C2 Cn1cccc1 O=C1CCCN1 NCC(=O)O CNN=C CC=NO
"""
FAMILIAR = _FAMILIAR.split()


@pytest.mark.parametrize("smiles", FAMILIAR)
def test_familiar_molecules_are_accepted(smiles):
    assert objection(smiles) is None


SILLY = {
    "COOC": "peroxide",
    "CNF": "halogen",
    "NNN": "chain of three heteroatoms",
    "C=C=C=C": "chain of three double bonds",
    "OCO": "geminal alcohol",
    "C=CO": "enol",
    "NC(=O)O": "carbonic or carbamic acid",
    "C1#CCCCC1": "triple bond in a ring",
    "C1=C=CCCC1": "allene in a ring",
    "C1=CN1": "antiaromatic",
    "C1=CC=C1": "cyclobutadiene",
    "C1NO1": "two heteroatoms in a three-ring",
    "C1CC12CC2": "three-ring joined",
    "C1C2C1C2": "three-ring joined",
    "C1=C2CCC(C1)C2": "double bond at a bridgehead",
    "C1C2CC1C2": "small ring in a bridged system",
    "N=N": "diazene",
    "NO": None,
}


@pytest.mark.parametrize("smiles", SILLY)
def test_silly_molecules_are_refused_for_their_reason(smiles):
    with silence():
        found = objection(Chem.CanonSmiles(smiles))
    assert found is None if SILLY[smiles] is None else found.startswith(SILLY[smiles])
