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
from eloss_plugins.metrics.stated import stated_rates
from eloss_plugins.metrics.validity import validity_as_stated


@dataclass(frozen=True)
class Reference:
    """What is needed of the molecules that others are compared with; build it once, use it often.

    Attributes:
        smiles: canonical SMILES of its valid molecules.
        pairs: its pairs of atoms.
        stated: SMILES by the bonds that the molecules state; None where they state none.
    """

    smiles: frozenset[str]
    pairs: PairTable
    stated: frozenset[str] | None = None

    @classmethod
    def of(cls, molecules: MoleculeSet, bonded: MoleculeSet | None = None) -> "Reference":
        """Examine the reference molecules by the rules that generated ones are held to.

        Args:
            molecules: the reference.
            bonded: those of them that have bonds, for molecules that state theirs; None where the
                reference itself states its bonds or none are needed.
        """
        smiles = frozenset(valid_smiles(examine_all(molecules)))
        return cls(
            smiles, pair_table(molecules), _stated_smiles(molecules if bonded is None else bonded)
        )


def evaluate(
    molecules: MoleculeSet, reference: MoleculeSet | Reference | None = None
) -> Evaluation:
    """Judge molecules; those that state bonds are judged by these too.

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
        rates=rates | _stated_rates(examined, reference),
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


def _stated_smiles(molecules: MoleculeSet) -> frozenset[str] | None:
    if molecules.bonds is None:
        return None
    with silence():
        found = (validity_as_stated(molecule).smiles for molecule in molecules)
        return frozenset(smiles for smiles in found if smiles is not None)


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


def _stated_rates(examined: Sequence[Examination], reference: Reference | None) -> dict[str, Rate]:
    found = [e.stated for e in examined if e.stated is not None]
    known = reference.stated if reference is not None else None
    return stated_rates(found, known) if found else {}


def _failures(examined: Sequence[Examination]) -> Mapping[str, int]:
    counts = Counter(e.failure for e in examined if e.failure is not None)
    return dict(counts.most_common())
