"""A set of molecules judged: rates, failures by reason, and errors of distances."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eloss_plugins.chem.silence import silence
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.metrics.evaluation import Evaluation
from eloss_plugins.metrics.examine import Examination, examine
from eloss_plugins.metrics.geometry import PairTable, geometry, pair_table
from eloss_plugins.metrics.rate import Rate


@dataclass(frozen=True)
class Reference:
    """What is needed of the molecules that others are compared with; build it once, use it often.

    Attributes:
        smiles: canonical SMILES of its valid molecules.
        pairs: its pairs of atoms.
    """

    smiles: frozenset[str]
    pairs: PairTable

    @classmethod
    def of(cls, molecules: MoleculeSet) -> "Reference":
        """Examine the reference molecules by the rules that generated ones are held to."""
        return cls(frozenset(valid_smiles(examine_all(molecules))), pair_table(molecules))


def evaluate(
    molecules: MoleculeSet, reference: MoleculeSet | Reference | None = None
) -> Evaluation:
    """Judge molecules.

    Args:
        molecules: what a generator made, in angstrom; NaN, coincident or no atoms are counted as
            failures.
        reference: the training molecules, for novelty and errors of distances; None leaves both
            out.
    """
    if isinstance(reference, MoleculeSet):
        reference = Reference.of(reference)
    examined = examine_all(molecules)
    rates = _rates(examined) | _identity_rates(examined, reference)
    return Evaluation(
        molecules=len(molecules),
        atoms=len(molecules.numbers),
        rates=rates,
        failures=_failures(examined),
        geometry=geometry(pair_table(molecules), reference.pairs) if reference else None,
    )


def examine_all(molecules: MoleculeSet) -> list[Examination]:
    """Examine each molecule, RDKit silent."""
    with silence():
        return [examine(molecule) for molecule in molecules]


def valid_smiles(examined: Sequence[Examination]) -> list[str]:
    """SMILES of the valid molecules, repeats included."""
    return [e.validity.smiles for e in examined if e.validity.smiles is not None]


def _rates(examined: Sequence[Examination]) -> dict[str, Rate]:
    stable = [int(e.stability.atoms.sum()) for e in examined]
    sizes = [len(e.stability.atoms) for e in examined]
    return {
        "atom_stability": Rate.of_clusters(stable, sizes),
        "molecule_stability": Rate.count(e.stability.stable for e in examined),
        "molecule_stable_and_connected": Rate.count(e.stable_and_connected for e in examined),
        "validity": Rate.count(e.validity.valid for e in examined),
        "completeness": Rate.count(e.complete for e in examined),
        "without_clashes": Rate.count(not e.clashes for e in examined),
    }


def _identity_rates(
    examined: Sequence[Examination], reference: Reference | None
) -> dict[str, Rate]:
    valid = valid_smiles(examined)
    unique = set(valid)
    rates = {
        "uniqueness_of_valid": Rate(len(unique), len(valid)),
        "uniqueness_of_generated": Rate(len(unique), len(examined)),
    }
    if reference is not None:
        rates["novelty"] = Rate(len(unique - reference.smiles), len(unique))
    return rates


def _failures(examined: Sequence[Examination]) -> Mapping[str, int]:
    counts = Counter(e.failure for e in examined if e.failure is not None)
    return dict(counts.most_common())
