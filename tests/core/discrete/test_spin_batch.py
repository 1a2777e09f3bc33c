"""What a spin batch holds and refuses."""

import pytest
import torch

from core.discrete import lattices
from eloss_plugins.core.discrete import Couplings, SpinBatch

CHAIN = Couplings(torch.tensor([[0, 1], [1, 2]]), torch.tensor([0.5, -1.0]))
LOGITS, UP = torch.zeros(2, 3), torch.ones(2, 3)


def test_the_mean_of_a_spin_is_that_of_its_two_probabilities():
    batch = lattices.random_batch()
    up = batch.logits.sigmoid()
    assert torch.allclose(batch.means, up - (1 - up), rtol=0, atol=1e-15)


@pytest.mark.parametrize("dtype", [torch.int8, torch.int64, torch.float16, torch.float64])
def test_targets_of_any_type_mean_the_same(dtype):
    target = lattices.random_spins(2, 3)
    batch = SpinBatch(LOGITS, target.to(dtype), CHAIN)
    assert torch.equal(batch.clean_target, target.float())
    assert batch.target_field.dtype == torch.float32


def test_the_field_is_that_of_the_target():
    batch = SpinBatch(LOGITS, torch.tensor([[1, 1, 1], [1, -1, 1]]), CHAIN)
    assert batch.target_field.tolist() == [[0.5, -0.5, -1.0], [-0.5, -0.5, 1.0]]


@pytest.mark.parametrize(
    ("logits", "target", "couplings", "error", "words"),
    [
        (LOGITS.long(), UP, CHAIN, TypeError, "`logits` must be a floating-point tensor"),
        (LOGITS[0], UP[0], CHAIN, ValueError, r"\(systems, sites\).*got \(3,\)"),
        (torch.zeros(2, 1, 3), UP, CHAIN, ValueError, r"got \(2, 1, 3\).*logits.flatten\(1\)"),
        (torch.zeros(2, 0), torch.ones(2, 0), CHAIN, ValueError, r"one or more sites"),
        (LOGITS, UP[:1], CHAIN, ValueError, "must have one shape"),
        (LOGITS, UP - 1, CHAIN, ValueError, r"\+1 or -1; got 0.0.*2 \* spins - 1"),
        (LOGITS, UP * torch.nan, CHAIN, ValueError, r"\+1 or -1; got nan"),
        (LOGITS, 2 * UP, CHAIN, ValueError, r"\+1 or -1; got 2.0"),
        (LOGITS, UP.bool(), CHAIN, ValueError, r"got true and false"),
        (LOGITS[:, :2], UP[:, :2], CHAIN, ValueError, "name sites 0 to 1; got 2"),
    ],
)
def test_bad_input_gets_one_sentence(logits, target, couplings, error, words):
    with pytest.raises(error, match=words) as caught:
        SpinBatch(logits, target, couplings)
    assert "\n" not in str(caught.value)


def test_couplings_of_other_systems_are_refused():
    couplings = Couplings(CHAIN.index, CHAIN.values.expand(3, -1))
    with pytest.raises(ValueError, match="of 3 systems do not fit logits of 2"):
        SpinBatch(LOGITS, UP, couplings)
