"""Our network with the weights of the recipe against what JODO's own network recorded."""

import pytest
import records
import torch
import upstream_dgt
from torch import Tensor
from torch.testing import assert_close
from upstream_dgt import VARIANTS, Given

from eloss_plugins.trainers.jodo_model.state import JointState

RECORD = records.load("jodo_network")
EACH = pytest.mark.parametrize("name", VARIANTS)
CASES = pytest.mark.parametrize("case", ["without", "with"])


def recorded(name: str) -> tuple[Given, dict[str, Tensor]]:
    found = records.under(name, RECORD)
    states = {
        kind: JointState(found[f"{kind}/atoms"], found[f"{kind}/bonds"])
        for kind in ("noisy", "condition")
    }
    made = upstream_dgt.given(VARIANTS[name])
    return Given(states["noisy"], made.log_snr, made.mask, states["condition"]), found


def answered(network: torch.nn.Module, what: Given, case: str) -> JointState:
    condition = what.condition if case == "with" else None
    return network(what.noisy, what.log_snr, what.mask, condition)


@EACH
def test_parameters_have_upstreams_names_in_upstreams_order(name):
    found = bytes(records.under(name, RECORD)["names"].numpy()).decode().split("\n")
    network = upstream_dgt.our_network(VARIANTS[name])
    assert list(network.state_dict()) == found
    assert [parameter for parameter, _ in network.named_parameters()] == found


@EACH
@CASES
def test_answers_equal_upstream(name, case):
    what, found = recorded(name)
    answer = answered(upstream_dgt.our_network(VARIANTS[name]), what, case)
    assert_close(answer.atoms, found[f"{case}/atoms"], rtol=1e-5, atol=1e-5)
    assert_close(answer.bonds, found[f"{case}/bonds"], rtol=1e-5, atol=1e-5)


@EACH
@CASES
def test_gradients_equal_upstream(name, case):
    what, found = recorded(name)
    network = upstream_dgt.our_network(VARIANTS[name])
    what = upstream_dgt.requiring_gradients(what)
    answer = answered(network, what, case)
    ours = upstream_dgt.gradients(network, what, (answer.atoms, answer.bonds))
    for by, gradient in records.under(f"{case}/gradient", found).items():
        scale = gradient.abs().max()
        assert_close(ours[by] / scale, gradient / scale, rtol=1e-4, atol=1e-5)


def test_the_record_names_its_commit_and_stays_small():
    assert len(records.commit_of("jodo_network")) == 40
    assert (records.FOLDER / "jodo_network.npz").stat().st_size < 100_000
