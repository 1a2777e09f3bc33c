from dataclasses import replace

import numpy as np
import pytest

from eloss_plugins.data.exporters import exporter_of
from eloss_plugins.data.exporters.fitting import fit
from eloss_plugins.errors import Refused
from tests.data.exporters.sets import HYDROGEN_SULFIDE, data_of, sound, with_misfits
from tests.molecules_by_hand import methane, on_a_line, two_waters

EDM, SEMLAFLOW, TABASCO = map(exporter_of, ("edm", "semlaflow", "tabasco"))


def test_what_fits_is_passed_on_as_it_is():
    data = sound()
    fitted = fit(data, EDM, drop_unknown=False)
    assert (fitted.unfit, fitted.reasons) == (0, {})
    assert np.array_equal(fitted.prepared.data.molecules.positions, data.molecules.positions)
    assert {k: v.tolist() for k, v in fitted.prepared.data.splits.items()} == {
        name: places.tolist() for name, places in data.splits.items()
    }


def test_misfits_are_counted_in_one_sentence():
    with pytest.raises(Refused) as refused:
        fit(with_misfits(), EDM, drop_unknown=False)
    assert str(refused.value) == (
        "EDM's QM9 code takes H C N O F and 3 to 27 or 29 atoms; 3 of 7 molecules do not fit: "
        "2 with S, 1 of another size (2 atoms). Leave them out with --drop-unknown, or choose "
        "other data."
    )


def test_misfits_are_left_out_and_the_others_keep_their_splits():
    fitted = fit(with_misfits(), EDM, drop_unknown=True)
    data = fitted.prepared.data
    assert (fitted.unfit, fitted.reasons) == (3, {"with S": 2, "of another size (2 atoms)": 1})
    assert data.split("train").sizes.tolist() == [5, 3]
    assert data.split("valid").positions[1, 0] == pytest.approx(1.09 / np.sqrt(3))
    assert data.split("test").positions[1, 0] == pytest.approx(1.1 / np.sqrt(3))


def test_a_molecule_with_two_reasons_is_left_out_once():
    both = on_a_line("S H", 0, 1.3)
    data = data_of([methane(), both], [methane()], [methane()])
    fitted = fit(data, EDM, drop_unknown=True)
    assert (fitted.unfit, sum(fitted.reasons.values())) == (1, 2)


def test_a_split_that_would_be_empty_is_refused():
    data = data_of([methane()], [HYDROGEN_SULFIDE], [methane()])
    with pytest.raises(Refused, match="of the molecules of valid none fits EDM's QM9 code"):
        fit(data, EDM, drop_unknown=True)


def test_bonds_that_cannot_be_told_are_a_reason_where_bonds_are_wanted():
    data = data_of([methane(), two_waters()], [methane()], [methane()])
    assert fit(data, EDM, drop_unknown=False).unfit == 0
    with pytest.raises(Refused, match="1 of 4 molecules do not fit: 1 whose bonds cannot be told"):
        fit(data, SEMLAFLOW, drop_unknown=False)
    fitted = fit(data, SEMLAFLOW, drop_unknown=True)
    assert fitted.reasons == {"whose bonds cannot be told": 1}
    assert len(fitted.prepared.packed) == len(fitted.prepared.data.molecules) == 3


def test_molecules_with_bonds_stand_where_their_positions_do():
    prepared = fit(with_misfits(), replace(EDM, needs_bonds=True), drop_unknown=True).prepared
    for split in prepared.data.splits:
        built = list(prepared.with_bonds(split))
        for molecule, own in zip(built, prepared.data.split(split), strict=True):
            assert np.allclose(molecule.GetConformer().GetPositions(), own.positions, atol=1e-6)


def test_tabasco_counts_atoms_other_than_hydrogen():
    data = data_of([methane(), on_a_line("H H", 0, 0.74)], [methane()], [methane()])
    assert fit(data, TABASCO, drop_unknown=True).reasons == {"of another size (0 atoms)": 1}
