"""Molecules judged by the bonds and charges that they state; the oracle is RDKit, or the hand."""

from dataclasses import replace

import numpy as np
import pytest
from molecules_by_hand import carbon_dioxide, methane, methyl, nothing, together, two_waters
from rdkit import Chem
from rdkit.Chem import rdDistGeom

from eloss_plugins.chem.bonds import find_bonds
from eloss_plugins.chem.valences import kekulised, stable_as_stated
from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.molecules import Molecule
from eloss_plugins.metrics import Evaluation, Reference, evaluate, examine
from eloss_plugins.report.model import LossRuns, Report, SeedRun
from eloss_plugins.report.page import findings, table_views

ORDERS = {"SINGLE": 1.0, "DOUBLE": 2.0, "TRIPLE": 3.0, "AROMATIC": 1.5}


def of_smiles(smiles: str, *, aromatic: bool = True, in_space: bool = False) -> Molecule:
    """The molecule that RDKit makes of a SMILES, as it states bonds and charges."""
    made = Chem.AddHs(Chem.MolFromSmiles(smiles))
    if not aromatic:
        Chem.Kekulize(made, clearAromaticFlags=True)
    atoms = list(made.GetAtoms())
    positions = np.zeros((len(atoms), 3))
    if in_space:
        rdDistGeom.EmbedMolecule(made, randomSeed=3)
        positions = made.GetConformer().GetPositions()
    matrix = np.zeros((len(atoms), len(atoms)))
    for bond in made.GetBonds():
        ends = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        matrix[ends] = matrix[ends[::-1]] = ORDERS[bond.GetBondType().name]
    return Molecule(
        positions,
        np.array([atom.GetAtomicNum() for atom in atoms]),
        smiles,
        BondList.from_matrix(matrix),
        np.array([atom.GetFormalCharge() for atom in atoms]),
    )


def told(plain: Molecule) -> Molecule:
    """A molecule that states what the distance rule finds."""
    return replace(plain, bonds=find_bonds(plain), formal_charges=np.zeros(len(plain), int))


SOUND = """C C=O C#N N O F c1ccccc1 c1cc[nH]c1 c1ccoc1 c1ccncc1 c1ccc2ccccc2c1 O=c1cc[nH]cc1
c1cc[n+]([O-])cc1 C[N+](=O)[O-] C[NH3+] CC(=O)[O-] [C-]#[O+] C[N+]#[C-] CS(=O)C CS(=O)(=O)C CP C[S-]
c1ccsc1 CCl C[Si](C)(C)C C[N+](C)(C)C [BH4-] c1c[nH]c[nH+]1"""


@pytest.mark.parametrize("aromatic", [True, False])
@pytest.mark.parametrize("smiles", SOUND.split())
def test_sound_molecules_are_stable_valid_and_whole(smiles, aromatic):
    found = examine(of_smiles(smiles, aromatic=aromatic)).stated
    assert found.stable
    assert found.complete
    hydrogens = Chem.AddHs(Chem.MolFromSmiles(smiles))
    assert found.validity.smiles == Chem.MolToSmiles(hydrogens)


@pytest.mark.parametrize(
    ("smiles", "unstable"),
    [("[CH3]", 1), ("C[NH]", 1), ("[OH]", 1), ("[CH2]", 1), ("C[CH]C", 1), ("[N]=O", 1)],
)
def test_radicals_are_not_stable_though_rdkit_takes_them(smiles, unstable):
    found = examine(of_smiles(smiles)).stated
    assert np.count_nonzero(~found.atoms) == unstable
    assert found.validity.valid


def test_charge_decides_on_the_valence():
    ammonium = of_smiles("[NH4+]")
    assert stable_as_stated(ammonium).all()
    neutral = replace(ammonium, formal_charges=np.zeros(5, int))
    assert stable_as_stated(neutral).tolist() == [False, True, True, True, True]
    assert stable_as_stated(replace(ammonium, formal_charges=None)).sum() == 4
    assert examine(neutral).stated.validity.reason == "valence"


@pytest.mark.parametrize("charge", [-3, 2, 3])
def test_charge_that_no_table_lists_is_not_stable(charge):
    assert not stable_as_stated(replace(of_smiles("O"), formal_charges=np.array([charge, 0, 0])))[0]


def test_one_bond_too_many_is_counted_at_both_ends():
    ethane = of_smiles("CC")
    matrix = ethane.bonds.matrix()
    matrix[0, 1] = matrix[1, 0] = 2
    broken = replace(ethane, bonds=BondList.from_matrix(matrix))
    assert stable_as_stated(broken).tolist() == [False, False] + [True] * 6


def test_ring_without_a_kekule_form_is_unstable_where_it_is_aromatic_and_nowhere_else():
    # five CH in a ring: each has 1.5 + 1.5 + 1 = 4, and yet no bonds can alternate
    matrix = np.zeros((10, 10))
    for place in range(5):
        matrix[place, (place + 1) % 5] = matrix[(place + 1) % 5, place] = 1.5
        matrix[place, 5 + place] = matrix[5 + place, place] = 1
    ring = Molecule(np.zeros((10, 3)), np.repeat([6, 1], 5), "", BondList.from_matrix(matrix))
    assert stable_as_stated(ring).tolist() == [False] * 5 + [True] * 5
    assert examine(ring).stated.validity.reason == "kekulisation"


def test_benzene_alternates():
    orders = kekulised(of_smiles("c1ccccc1")).matrix()[:6, :6]
    assert orders.sum(axis=0).tolist() == [3] * 6
    assert set(orders[orders > 0]) == {1.0, 2.0}


@pytest.mark.parametrize("smiles", ["C", "C=O", "C#N", "C[N+](=O)[O-]"])
def test_bonds_of_a_real_geometry_agree_whatever_the_orders(smiles):
    assert examine(of_smiles(smiles, in_space=True)).stated.agrees


def test_bond_that_is_not_there_in_space_does_not_agree():
    apart = replace(told(methane()), positions=methane().positions * 2)
    assert not examine(apart).stated.agrees
    assert examine(told(methane())).stated.agrees


def test_where_the_atoms_are_plays_no_part():
    broken = replace(of_smiles("CO"), positions=np.full((6, 3), np.nan))
    assert examine(broken).stated.complete
    assert not examine(broken).validity.valid


def test_no_atoms_and_unknown_elements_are_failures_and_no_errors():
    assert not examine(told(nothing())).stated.stable
    assert examine(told(nothing())).stated.validity.reason == "no atoms"
    odd = replace(told(methane()), numbers=np.array([0, 1, 1, 1, 500]))
    assert examine(odd).stated.validity.reason == "unknown element"
    assert stable_as_stated(odd).tolist() == [False, True, True, True, False]


def test_rates_are_counts_by_hand():
    crowd = together(
        told(methane()), told(methane()), told(methyl()), told(two_waters()), told(carbon_dioxide())
    )
    rates = evaluate(crowd, Reference.of(together(told(methane())))).rates
    counts = {name: (rate.numerator, rate.denominator) for name, rate in rates.items()}
    assert counts["atom_stability_2d"] == (5 + 5 + 3 + 6 + 3, 5 + 5 + 4 + 6 + 3)
    assert counts["molecule_stability_2d"] == (4, 5)
    assert counts["validity_2d"] == (5, 5)
    assert counts["completeness_2d"] == (4, 5)
    assert counts["uniqueness_2d"] == (4, 5)
    assert counts["novelty_2d"] == (3, 4)
    assert counts["bonds_agree"] == (5, 5)


def test_molecules_without_stated_bonds_have_no_such_rates():
    rates = evaluate(together(methane(), carbon_dioxide())).rates
    assert not [name for name in rates if name.endswith("_2d") or name == "bonds_agree"]


def test_novelty_needs_bonds_of_the_reference():
    molecules = together(told(methane()))
    assert "novelty_2d" not in evaluate(molecules, together(methane())).rates
    given = Reference.of(together(methane()), bonded=together(told(methane())))
    assert evaluate(molecules, given).rates["novelty_2d"].numerator == 0
    none = Reference.of(together(methane()), bonded=together())
    assert "novelty_2d" not in evaluate(molecules, none).rates


def test_charged_group_is_known_by_what_the_reference_states():
    nitro = together(of_smiles("C[N+](=O)[O-]", in_space=True))
    rates = evaluate(nitro, nitro).rates
    assert rates["novelty_2d"].numerator == 0
    assert rates["molecule_stability_2d"].numerator == 1
    assert rates["molecule_stability"].numerator == 0


def test_rates_survive_json_and_stand_in_the_table():
    evaluation = evaluate(together(told(methane())))
    assert Evaluation.from_json(evaluation.to_json()) == evaluation
    assert "molecules stable, stated bonds" in evaluation.table()


def report_of(molecules) -> Report:
    run = SeedRun(0, evaluate(molecules))
    return Report("a report", (LossRuns("mse", (run,)), LossRuns("energy", (run,))))


def test_report_has_a_table_of_stated_bonds_only_where_a_run_states_some():
    titles = [view.title for view in table_views(report_of(together(told(methane()))))]
    assert titles[1] == "The same by the bonds that the models make"
    assert len(table_views(report_of(together(methane())))) == len(titles) - 1


def test_report_says_the_outcome_for_stated_bonds():
    said = " ".join(findings(report_of(together(told(methane())))))
    assert "Molecules stable, stated bonds: undecided" in said
