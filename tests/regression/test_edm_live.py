"""Our models beside a checkout of EDM: same seed, same weights, same numbers.

Runs where ELOSS_EDM names a checkout; the records in this folder cover the same ground without.
"""

import os
from pathlib import Path

import pytest
import torch
from torch.testing import assert_close
from upstream_models import (
    VARIANTS,
    molecules,
    our_model,
    upstream_arguments,
    upstream_model,
    upstream_modules,
)

from eloss_plugins.trainers.upstreams.edm import export_upstream, import_upstream
from eloss_plugins.trainers.upstreams.edm_arguments import from_arguments, to_arguments
from eloss_plugins.trainers.upstreams.namespace import read_namespace

CHECKOUT = os.environ.get("ELOSS_EDM", "")
pytestmark = [
    pytest.mark.skipif(not CHECKOUT, reason="ELOSS_EDM does not name a checkout of EDM"),
    pytest.mark.slow,
]


@pytest.fixture(params=VARIANTS)
def pair(request):
    """Upstream's model with random weights, and ours with the same."""
    if not VARIANTS[request.param].config.include_charges:
        pytest.skip("upstream's own sampling loses a type without charges")
    upstream = upstream_model(upstream_modules(Path(CHECKOUT)), VARIANTS[request.param])
    ours = our_model(VARIANTS[request.param])
    report = ours.load_state_dict(upstream.state_dict(), strict=False)
    assert not report.missing_keys
    assert not report.unexpected_keys
    return upstream, ours


@pytest.mark.parametrize("training", [True, False])
def test_same_seed_gives_the_same_loss(pair, training):
    upstream, ours = pair
    batch = molecules((6, 3, 8), padding=2, seed=7)
    upstream.train(training)
    torch.manual_seed(3)
    with torch.no_grad():
        expected = upstream(*upstream_arguments(batch))
    torch.manual_seed(3)
    found = ours.training_losses(batch)["loss"] if training else ours.nll(batch)
    # upstream's own rounding: its shortest waves multiply that of a distance by 400
    close = 1e-4 if upstream.dynamics.mode == "egnn_dynamics" and _has_waves(upstream) else 1e-5
    assert_close(found, expected, rtol=close, atol=close)


def _has_waves(upstream: torch.nn.Module) -> bool:
    return upstream.dynamics.egnn.sin_embedding is not None


def test_upstreams_own_run_folder_round_trips(tmp_path):
    folder = Path(CHECKOUT) / "outputs" / "edm_qm9"
    arguments = read_namespace(folder / "args.pickle")
    described = from_arguments(arguments)
    model = described.spec.build(described.config, described.elements)
    export_upstream(tmp_path, model, described.spec, described.config, described.elements)
    again = import_upstream(tmp_path)
    assert again.described == described
    exported = to_arguments(described.spec, described.config, described.elements)
    same = set(vars(exported)) & set(vars(arguments))
    assert {k: getattr(exported, k) for k in same} == {k: getattr(arguments, k) for k in same}
