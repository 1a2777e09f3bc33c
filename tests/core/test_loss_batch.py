"""The border: what does not fit is refused with what was expected, what came, what to do."""

from dataclasses import replace

import pytest
import torch

from eloss_plugins.core import Bonds, LossBatch, energy_loss
from eloss_plugins.equivariance import example_batch

BATCH = example_batch()
FLAT = {"target": torch.zeros(5, 3), "residual": torch.zeros(5, 3), "mask": None, "numbers": None}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"target": torch.zeros(4, 8, 3).long()},
            "must be a floating-point tensor; got",
        ),
        ({"target": torch.zeros(4, 8, 3).bool()}, "got torch.bool"),
        ({"residual": torch.zeros(4, 8, 3).cfloat()}, "got torch.complex64"),
        ({"signal": torch.ones(4).long()}, "`signal` must be a floating-point tensor"),
        ({"mask": torch.ones(4, 8)}, r"must be bool of shape \(4, 8\); got torch.float32 \(4, 8\)"),
        ({"mask": torch.ones(4, 8).int()}, r"Use mask.bool\(\)"),
        ({"mask": torch.ones(4, 8, 1)}, r"Use mask\[..., 0\].bool\(\)"),
        ({**FLAT, "batch": torch.zeros(5).int()}, "must be int64"),
    ],
)
def test_wrong_types_are_refused(change, words):
    with pytest.raises(TypeError, match=words):
        replace(BATCH, **change)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"target": torch.zeros(8, 4, 3)}, r"got \(4, 8, 3\) and \(8, 4, 3\)"),
        ({"residual": torch.zeros(1, 8, 3)}, r"got \(1, 8, 3\) and \(4, 8, 3\)"),
        ({"target": torch.zeros(4, 8, 5)}, "D = 1, 2 or 3"),
        ({"target": torch.zeros(4)}, "D = 1, 2 or 3"),
        ({"signal": torch.ones(4, 1, 1)}, r"signal.flatten\(\)"),
        ({"noise": torch.ones(3)}, r"must have shape \(4,\)"),
        ({"mask": torch.ones(4, 8, 1).bool()}, r"Use mask\[..., 0\].bool\(\)"),
        (
            {"mask": torch.ones(4, 7).bool()},
            r"\(4, 8\); got .* \(4, 7\). Is it the mask of another",
        ),
        ({"batch": torch.zeros(4).long()}, "belongs to flat"),
        (FLAT, "need `batch`"),
        ({**FLAT, "batch": torch.zeros(4).long()}, "one molecule number for each of 5 atoms"),
        ({**FLAT, "batch": torch.zeros(5).long(), "mask": BATCH.mask}, "belongs to padded"),
        ({"numbers": torch.ones(4, 7).long()}, "`numbers` must have shape"),
        ({"features": torch.ones(4, 8)}, "`features` must have shape"),
    ],
)
def test_wrong_shapes_are_refused(change, words):
    with pytest.raises(ValueError, match=words):
        replace(BATCH, **change)


def test_bonds_must_be_pairs_with_one_order_each():
    with pytest.raises(ValueError, match=r"\(2, bonds\)"):
        Bonds(torch.zeros(3, 2, dtype=torch.int64), torch.ones(3))
    with pytest.raises(ValueError, match="one order for each"):
        Bonds(torch.zeros(2, 3, dtype=torch.int64), torch.ones(2))


def test_a_single_molecule_is_asked_for_as_a_batch_of_one():
    with pytest.raises(ValueError, match=r"positions\[None\]"):
        energy_loss(torch.zeros(5, 3), torch.zeros(5, 3))


def test_a_batch_cannot_be_changed():
    with pytest.raises(AttributeError):
        BATCH.target = BATCH.residual


def test_the_answer_has_the_better_type_of_data_and_prediction():
    low = BATCH.residual.bfloat16()
    assert replace(BATCH, residual=low).dtype == torch.float64
    assert replace(BATCH, target=BATCH.target.half(), residual=low).dtype == torch.float32


def test_a_batch_knows_its_sizes():
    flat = LossBatch(torch.zeros(5, 2), torch.zeros(5, 2), *torch.ones(2, 7), batch=torch.arange(5))
    assert (BATCH.num_molecules, BATCH.num_slots, BATCH.dimensions) == (4, 32, 3)
    assert (flat.num_molecules, flat.num_slots, flat.dimensions) == (7, 5, 2)
