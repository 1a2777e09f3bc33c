import math

import numpy as np
import pytest
import torch

from eloss_plugins.trainers.clipping import FIRST_LIMIT, NormQueue, scale_to, total_norm


def upstream_limit(norms):
    """The rule as EDM's paper code states it, with numpy: 1.5 mean + 2 standard deviations."""
    return 1.5 * np.mean(norms) + 2 * np.std(norms)


def test_limit_follows_upstreams_rule_over_the_last_fifty():
    queue, kept = NormQueue(), [FIRST_LIMIT]
    for norm in np.random.default_rng(0).exponential(10, 200):
        limit = upstream_limit(kept)
        assert queue.limit == pytest.approx(limit, rel=1e-12)
        kept = [*kept, min(norm, limit)][-50:]
        queue.add(float(norm))


def test_first_limit_is_one_and_a_half_times_3000():
    assert NormQueue().limit == 4500.0


@pytest.mark.parametrize("norm", [math.nan, math.inf, -math.inf])
def test_a_norm_that_is_not_finite_leaves_no_trace(norm):
    queue = NormQueue([1.0, 2.0])
    queue.add(norm)
    assert queue.state() == [1.0, 2.0]


def test_a_spike_of_1e30_does_not_inflate_the_limit_for_fifty_steps():
    queue = NormQueue([1.0] * 50)
    queue.add(1e30)
    for _ in range(50):
        assert queue.limit < 1.7
        queue.add(1.0)


def test_norm_of_gradients_that_overflow_when_squared():
    gradients = [torch.full((3,), 1e30), torch.full((1,), -1e30)]
    assert total_norm(gradients) == pytest.approx(2e30, rel=1e-6)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_norm_of_a_gradient_that_is_not_finite_is_not_finite(bad):
    assert not math.isfinite(total_norm([torch.tensor([1.0, bad])]))


def test_norm_without_gradients_is_zero():
    assert total_norm([]) == 0.0


def test_gradients_above_the_limit_are_scaled_to_it():
    gradients = [torch.tensor([3e30]), torch.tensor([4e30])]
    scale_to(gradients, 5e30, 10.0)
    assert torch.cat(gradients).tolist() == pytest.approx([6.0, 8.0], rel=1e-6)


def test_gradients_below_the_limit_keep_their_bits():
    gradient = torch.tensor([0.1, 0.2])
    before = gradient.clone()
    scale_to([gradient], 0.3, 10.0)
    assert torch.equal(gradient, before)


def test_state_brings_the_queue_back():
    queue = NormQueue([5.0, 7.0])
    assert NormQueue(queue.state()).limit == queue.limit
