import numpy as np
import pytest
import torch

from eloss_plugins.trainers.batch_order import BatchOrder

SIZES = np.random.default_rng(0).integers(3, 30, 103)


def epoch(order):
    return [order.next().tolist() for _ in range(order.batches_per_epoch)]


@pytest.mark.parametrize("pool", [1, 4])
def test_no_molecule_comes_twice_in_an_epoch_and_less_than_a_batch_waits(pool):
    seen = sum(epoch(BatchOrder(SIZES, 10, seed=0, pool=pool)), [])
    assert len(seen) == 100
    assert len(set(seen)) == 100


@pytest.mark.parametrize("pool", [1, 4])
def test_epochs_differ_and_seeds_differ(pool):
    order = BatchOrder(SIZES, 10, seed=0, pool=pool)
    first, second = epoch(order), epoch(order)
    other = epoch(BatchOrder(SIZES, 10, seed=1, pool=pool))
    assert first != second
    assert first != other


@pytest.mark.parametrize("pool", [1, 4])
def test_order_goes_on_from_epoch_and_position(pool):
    whole = BatchOrder(SIZES, 10, seed=3, pool=pool)
    batches = [whole.next().tolist() for _ in range(25)]
    resumed = BatchOrder(SIZES, 10, seed=3, pool=pool, epoch=1, position=4)
    assert [resumed.next().tolist() for _ in range(11)] == batches[14:]


def test_order_does_not_touch_the_global_generator():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    BatchOrder(SIZES, 10, seed=0, pool=4).next()
    assert torch.equal(torch.get_rng_state(), before)


def test_a_set_smaller_than_a_batch_fills_it_evenly():
    order = BatchOrder(SIZES[:3], 10, seed=0)
    times = np.bincount(order.next().numpy(), minlength=3)
    assert sorted(times) == [3, 3, 4]
    assert order.epoch == 1


def test_a_set_smaller_than_a_batch_is_pooled_too():
    order = BatchOrder(np.array([2, 9, 5]), 4, seed=0, pool=6)
    batches = [order.next().tolist() for _ in range(order.batches_per_epoch)]
    assert len(batches) == 6
    assert sorted(np.bincount(np.concatenate(batches))) == [8, 8, 8]
    assert sum(len(set(batch)) == 1 for batch in batches) == 6


def test_pooling_saves_padding():
    def padded(pool):
        batches = epoch(BatchOrder(SIZES, 10, seed=0, pool=pool))
        return sum(max(SIZES[batch]) ** 2 * len(batch) for batch in batches)

    assert padded(10) < 0.75 * padded(1)


def test_every_molecule_is_as_likely_to_come_early():
    """Positions of one molecule over many epochs, pooled: the mean is the middle of the epoch."""
    order = BatchOrder(SIZES[:40], 10, seed=0, pool=4)
    places = [next(n for n, batch in enumerate(epoch(order)) if 7 in batch) for _ in range(400)]
    assert abs(np.mean(places) - 1.5) < 0.25  # standard error 0.056
