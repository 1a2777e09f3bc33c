"""Record what EDM's own code says about bonds, stability and validity: numbers only.

Run from the root of the repository, with EDM's requirements installed and its checkout given:

    ELOSS_EDM=path/to/e3_diffusion_for_molecules python tests/regression/record_metrics.py

It writes tests/regression/metrics_edm.npz. The molecules are made here, with RDKit, from short
SMILES; each is moved by Gaussian noise of several widths, so that every kind of outcome occurs.
"""

import os
import sys
from pathlib import Path

import numpy as np
import torch
from rdkit import Chem
from rdkit.Chem import AllChem

COMMIT = "fce07d701a2d2340f3522df588832c2c0f7e044a"
TARGET = Path(__file__).with_name("metrics_edm.npz")
QM9 = "H C N O F"
GEOM = "H B C N O F Al Si P S Cl As Br I Hg Bi"
NOISE = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5)  # angstrom
QM9_SMILES = """C CC C=C C#C CO C=O CN C#N O N F CF CCO CC=O C1CC1 C1CO1 OCO NC=O OC=O CC#N C#CC=O
C1CCC1 c1cc[nH]c1 c1ccoc1 c1ncc[nH]1 NN ON O=C=O CC(C)C CC(C)(C)C FC(F)F CNC COC C=CC=C C=C=C
CC(=O)N NC(=O)N C1=CCC1 c1ccccc1 c1ccncc1 N#CC#N O=CC=O CN=O C1CN1 CC(F)=O OC1CC1 C#CCO"""
GEOM_SMILES = """CS C=S CSC c1ccsc1 CS(=O)(=O)C CCl CBr CI OP(O)(O)=O CP C[Si](C)(C)C ClC=C SS
BrC#C CSSC ClCl CB(C)C Cc1ccc(Cl)cc1 NS(=O)(=O)C P"""


def embed(smiles: str) -> tuple[np.ndarray, np.ndarray]:
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    AllChem.EmbedMolecule(molecule, randomSeed=7)
    if AllChem.MMFFHasAllMoleculeParams(molecule):
        AllChem.MMFFOptimizeMolecule(molecule)
    numbers = [atom.GetAtomicNum() for atom in molecule.GetAtoms()]
    return np.array(numbers), molecule.GetConformer().GetPositions()


def perturbed(smiles: str, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    random = np.random.default_rng(seed)
    return [
        (numbers, np.round(positions + width * random.normal(size=positions.shape), 4))
        for numbers, positions in map(embed, smiles.split())
        for width in NOISE
    ]


def judge(numbers: np.ndarray, positions: np.ndarray, name: str, decoder: list[str]) -> dict:
    from qm9 import analyze, bond_analyze, rdkit_functions

    table = Chem.GetPeriodicTable()
    symbols = [table.GetElementSymbol(int(number)) for number in numbers]
    types = np.array([decoder.index(symbol) for symbol in symbols])
    info = {"name": name, "atom_decoder": decoder}
    stable, stable_atoms, _ = analyze.check_stability(positions, types, info)
    orders = []
    for first, second in zip(*np.triu_indices(len(types), k=1), strict=True):
        low, high = sorted((types[first], types[second]))
        distance = np.sqrt(np.sum((positions[first] - positions[second]) ** 2))
        pair = decoder[low], decoder[high]
        orders.append(bond_analyze.get_bond_order(*pair, distance, check_exists=name == "geom"))
    valid = -1  # GEOM's validity forgets bond orders on purpose, so only QM9's is recorded
    if name == "qm9":
        metrics = rdkit_functions.BasicMolecularMetrics(info, dataset_smiles_list=[])
        smiles, _ = metrics.compute_validity([(torch.tensor(positions), torch.tensor(types))])
        valid = len(smiles)
    return {"orders": orders, "stable": stable, "stable_atoms": stable_atoms, "valid": valid}


def unique_of_valid(cases: list[tuple[np.ndarray, np.ndarray]]) -> int:
    from qm9 import rdkit_functions

    numbers = {1: 0, 6: 1, 7: 2, 8: 3, 9: 4}
    generated = [
        (torch.tensor(positions), torch.tensor([numbers[int(z)] for z in atoms]))
        for atoms, positions in cases
    ]
    info = {"name": "qm9", "atom_decoder": QM9.split()}
    metrics = rdkit_functions.BasicMolecularMetrics(info, dataset_smiles_list=[])
    valid, _ = metrics.compute_validity(generated)
    return len(metrics.compute_uniqueness(valid)[0])


def main() -> None:
    sys.path.insert(0, os.environ["ELOSS_EDM"])
    qm9, geom = perturbed(QM9_SMILES, seed=0), perturbed(GEOM_SMILES, seed=1)
    answers = [judge(*case, "qm9", QM9.split()) for case in qm9]
    answers += [judge(*case, "geom", GEOM.split()) for case in geom]
    cases = qm9 + geom
    np.savez_compressed(
        TARGET,
        commit=COMMIT,
        numbers=np.concatenate([numbers for numbers, _ in cases]).astype(np.int8),
        positions=np.concatenate([positions for _, positions in cases]),
        sizes=np.array([len(numbers) for numbers, _ in cases]),
        orders=np.concatenate([answer["orders"] for answer in answers]).astype(np.int8),
        stable=np.array([answer["stable"] for answer in answers]),
        stable_atoms=np.array([answer["stable_atoms"] for answer in answers]),
        valid=np.array([answer["valid"] for answer in answers], dtype=np.int8),
        unique_of_valid=unique_of_valid(qm9),
    )


if __name__ == "__main__":
    main()
