"""Checks of a first batch: what each refuses, and what it lets through."""

import pytest
import torch

from eloss_plugins.errors import UsageError
from eloss_plugins.position_loss import first_batch

MASK = torch.tensor([[True, True, True], [True, True, False]])


def water() -> torch.Tensor:
    """Water and OH in angstrom, centred, with garbage in the padding; O-H is 0.96."""
    atoms = torch.tensor([[0.0, 0.0, 0.0], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]])
    pair = torch.tensor([[-0.48, 0.0, 0.0], [0.48, 0.0, 0.0], [0.0, 0.0, float("nan")]])
    return torch.stack([atoms - atoms.mean(0), pair])


@pytest.mark.parametrize("check", ["check_mask", "check_finite", "check_centred", "check_angstrom"])
def test_molecules_as_they_should_be_pass(check):
    given = (MASK, water()) if check == "check_mask" else (water(), MASK)
    assert getattr(first_batch, check)(*given) is None


@pytest.mark.parametrize(
    ("factor", "unit"), [(0.1, "nanometre"), (1 / 0.529177, "bohr"), (100.0, "picometre")]
)
def test_other_units_are_named(factor, unit):
    with pytest.raises(UsageError, match=f"got .*, which looks like {unit}"):
        first_batch.check_angstrom(factor * water(), MASK)


def test_the_length_scale_counts():
    first_batch.check_angstrom(water() / 10, MASK, 10.0)
    with pytest.raises(UsageError, match="times the length scale 10 must be in angstrom"):
        first_batch.check_angstrom(water(), MASK, 10.0)


def test_any_unit_passes_when_the_user_says_so(monkeypatch):
    monkeypatch.setenv(first_batch.ANY_UNIT, "1")
    first_batch.check_angstrom(50 * water(), MASK)


def test_single_atoms_have_no_unit():
    first_batch.check_angstrom(torch.zeros(2, 3, 3), torch.tensor([[True, False, False]] * 2))


def test_a_real_atom_at_nan_is_refused():
    positions = water()
    positions[1, 0, 2] = float("inf")
    with pytest.raises(UsageError, match=r"molecules \[1\] of the first batch"):
        first_batch.check_finite(positions, MASK)


def test_a_molecule_off_its_centre_is_refused():
    with pytest.raises(UsageError, match="mean at the origin"):
        first_batch.check_centred(water() + 0.5, MASK)


@pytest.mark.parametrize("mask", [MASK.T, 0.5 * MASK.float(), MASK.float().unsqueeze(0)])
def test_a_mask_of_another_form_is_refused(mask):
    with pytest.raises(UsageError, match="`mask` must"):
        first_batch.check_mask(mask, water())


@pytest.mark.parametrize("mask", [MASK, MASK.float(), MASK.unsqueeze(-1).float()])
def test_masks_of_all_forms_mean_the_same(mask):
    assert torch.equal(first_batch.plain_mask(mask), MASK)
