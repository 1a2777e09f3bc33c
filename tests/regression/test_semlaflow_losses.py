"""The flow trainer with endpoints against SemlaFlow's own coordinate loss, from its record.

Upstream divides a molecule's squared error by the padded atoms of its batch, ours by the
molecule's own: times the share of real atoms they are the same. `coord_scale` divides the
coordinates before, so it is our divisor of positions.
"""

import pytest
import records
import torch
from semlaflow_scene import averaged_like_upstream, our_loss
from torch.testing import assert_close
from upstream_semlaflow import Recorded

RECORD = Recorded(**records.load("semlaflow_losses"))


@pytest.mark.parametrize("loss", ["none", "mse"])
def test_the_coordinate_loss_is_upstreams(loss):
    found = averaged_like_upstream(our_loss(RECORD, loss), RECORD.mask)
    assert_close(found, RECORD.loss, rtol=1e-5, atol=0)


def test_the_record_covers_padding_and_times_between_the_ends():
    assert RECORD.mask.sum(1).tolist() == [5, 9, 2, 7]
    assert ((RECORD.times > 0) & (RECORD.times < 1)).all()
    error = (RECORD.predicted - RECORD.coords).square().sum()
    assert_close(RECORD.loss, error / RECORD.mask.numel() / 3)


def test_the_energy_takes_its_place():
    found = our_loss(RECORD, "energy")
    assert torch.isfinite(found).all()
    assert not torch.allclose(found, our_loss(RECORD, "mse"), rtol=0.1)
