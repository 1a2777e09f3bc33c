import math

import pytest
import torch

from eloss_plugins.data.nodes import NodeDistribution
from eloss_plugins.errors import UsageError

SIZES = [3, 5, 5, 5]


def test_log_prob_is_the_share_of_each_size():
    values = NodeDistribution(SIZES).log_prob(torch.tensor([3, 5, 4, 6, -1, 100]))
    assert values[:2].tolist() == pytest.approx([math.log(0.25), math.log(0.75)])
    assert values[2:].isneginf().all()


def test_samples_have_the_shares_of_the_data():
    generator = torch.Generator().manual_seed(0)
    drawn = NodeDistribution(SIZES).sample(4000, generator)
    assert drawn.dtype == torch.int64
    assert set(drawn.tolist()) == {3, 5}
    assert (drawn == 5).double().mean().item() == pytest.approx(0.75, abs=0.03)


def test_same_generator_state_same_samples():
    draws = [NodeDistribution(SIZES).sample(20, torch.Generator().manual_seed(7)) for _ in range(2)]
    assert draws[0].equal(draws[1])


def test_no_samples_can_be_asked_for():
    assert NodeDistribution(SIZES).sample(0).shape == (0,)


def test_state_dict_restores_the_distribution():
    original = NodeDistribution(SIZES)
    restored = NodeDistribution.from_state_dict(original.state_dict())
    sizes = torch.arange(8)
    assert restored.max_atoms == original.max_atoms == 5
    assert restored.log_prob(sizes).equal(original.log_prob(sizes))


@pytest.mark.parametrize("sizes", [[], [3, 0], [-1]])
def test_sizes_must_be_some_and_positive(sizes):
    with pytest.raises(UsageError, match="at least one molecule"):
        NodeDistribution(sizes)
