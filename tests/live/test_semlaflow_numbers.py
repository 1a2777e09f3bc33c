"""The flow trainer beside SemlaFlow's own path and loss; needs ELOSS_SEMLAFLOW."""

from pathlib import Path

import pytest
import semlaflow_scene
import upstream_semlaflow
from torch.testing import assert_close

from .conftest import given, needs

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("loss", ["none", "mse"])
def test_endpoints_of_the_flow_trainer_cost_what_they_cost_upstream(seed, loss):
    checkout = Path(given("ELOSS_SEMLAFLOW", "a checkout of SemlaFlow"))
    needs("SemlaFlow", "lightning", "openbabel", "torchmetrics", "wandb", "scipy")
    scene = upstream_semlaflow.run(checkout, seed)
    ours = semlaflow_scene.our_loss(scene, loss)
    found = semlaflow_scene.averaged_like_upstream(ours, scene.mask)
    assert_close(found, scene.loss, rtol=1e-5, atol=0)
