"""Segment sums: native torch, and torch_scatter where it is installed."""

import importlib.util

import pytest
import torch

from core.batches import flat, gradient, padded
from eloss_plugins.core import Energy
from eloss_plugins.core.segments import segment_sum
from eloss_plugins.testing import assert_close

needs_scatter = pytest.mark.skipif(
    importlib.util.find_spec("torch_scatter") is None, reason="torch_scatter is not installed"
)


def test_rows_of_a_segment_are_summed_in_any_order():
    values = torch.tensor([1.0, 2.0, 4.0, 8.0])
    assert segment_sum(values, torch.tensor([2, 0, 2, 0]), 4).tolist() == [10, 0, 5, 0]


def test_a_million_small_terms_keep_their_digits():
    values = torch.full((1_000_000,), 0.1)
    total = segment_sum(values, torch.zeros(len(values), dtype=torch.int64), 1)
    assert total.dtype == torch.float32
    assert total.item() == pytest.approx(1_000_000 * values[0].item(), rel=1e-7)


def test_unknown_backends_list_the_known_ones():
    with pytest.raises(ValueError, match="known: torch, torch_scatter"):
        segment_sum(torch.ones(1), torch.zeros(1, dtype=torch.int64), 1, backend="numpy")


@needs_scatter
def test_torch_scatter_gives_the_same_energy_and_gradient():
    batch, _ = flat(padded())
    native, scattered = Energy(), Energy(segments="torch_scatter")
    assert_close(scattered(batch), native(batch))
    assert_close(gradient(scattered, batch), gradient(native, batch))


@pytest.mark.skipif(
    importlib.util.find_spec("torch_scatter") is not None, reason="torch_scatter is installed"
)
def test_torch_scatter_asked_for_and_missing_says_so():
    with pytest.raises(ImportError, match="eloss-plugins\\[scatter\\]"):
        segment_sum(torch.ones(1), torch.zeros(1, dtype=torch.int64), 1, backend="torch_scatter")
