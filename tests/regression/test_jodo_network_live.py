"""Our network beside a checkout of JODO: same weights, same answers, names and all.

Runs where ELOSS_JODO names a checkout and torch_geometric and torch_scatter are installed; the
record in this folder covers the same ground without.
"""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest
import torch
import upstream_dgt
from torch.testing import assert_close
from upstream_dgt import VARIANTS

CHECKOUT = os.environ.get("ELOSS_JODO", "")
NEEDED = ("torch_geometric", "torch_scatter")
pytestmark = [
    pytest.mark.skipif(not CHECKOUT, reason="ELOSS_JODO does not name a checkout of JODO"),
    pytest.mark.skipif(
        not all(map(importlib.util.find_spec, NEEDED)),
        reason="JODO's network needs torch_geometric and torch_scatter",
    ),
    pytest.mark.filterwarnings("ignore"),  # of torch_geometric
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def module() -> ModuleType:
    return upstream_dgt.upstream_networks(Path(CHECKOUT))


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("conditioned", [False, True])
def test_random_weights_give_the_same_answers(module, name, conditioned):
    config = VARIANTS[name]
    torch.manual_seed(5)
    upstream = module.DGT_concat(upstream_dgt.upstream_config(config)).eval()
    ours = upstream_dgt.our_network(config)
    ours.load_state_dict(upstream.state_dict(), strict=True)
    what = upstream_dgt.given(config)
    condition = what.condition if conditioned else None
    atoms, bonds = upstream_dgt.upstream_answer(upstream, what, condition)
    found = ours(what.noisy, what.log_snr, what.mask, condition)
    assert_close(found.atoms, atoms, rtol=1e-5, atol=1e-5)
    assert_close(found.bonds, bonds, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", VARIANTS)
def test_weights_go_back_into_upstream(module, name):
    upstream = module.DGT_concat(upstream_dgt.upstream_config(VARIANTS[name]))
    upstream.load_state_dict(upstream_dgt.our_network(VARIANTS[name]).state_dict(), strict=True)
    ours = [
        parameter for parameter, _ in upstream_dgt.our_network(VARIANTS[name]).named_parameters()
    ]
    assert ours == [parameter for parameter, _ in upstream.named_parameters()]
