"""The flow's settings: what is refused, text from a command line, times, presets."""

import json
from dataclasses import asdict, fields

import pytest
import torch
from scipy import stats
from toy_batches import toy_batch

from eloss_plugins.errors import UsageError
from eloss_plugins.trainers import flow
from eloss_plugins.trainers.flow_model.config import FlowConfig
from eloss_plugins.trainers.parts import model_config

from .flows_by_hand import toy_flow


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [
        ("data_at", "1", 1), ("data_at", 0, 0), ("prediction", "endpoint", "endpoint"),
        ("network", "gnn", "gnn"), ("coupling", "equivariant", "equivariant"),
        ("solver", "dopri5", "dopri5"), ("relative_tolerance", "1e-5", 1e-5),
        ("norm_values", "1.7/4/10", (1.7, 4.0, 10.0)), ("include_charges", "yes", True),
    ],
)  # fmt: skip
def test_text_becomes_what_the_setting_is(name, given, taken):
    found = getattr(model_config(flow.SPEC, {name: given}), name)
    assert found == taken
    assert type(found) is type(taken)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("data_at", 2), ("data_at", "0.5"), ("data_at", "data"), ("prediction", "noise"),
        ("solver", "heun"), ("time_draw", "normal"), ("schedule", "cosine"), ("layers", 0),
        ("timesteps", 0), ("least_time", -0.1), ("least_time", 0.5), ("least_time", "nan"),
        ("feature_weight", -1), ("feature_weight", "inf"), ("relative_tolerance", 0),
        ("absolute_tolerance", 1), ("norm_values", "0 4 10"), ("normalization_factor", 0),
    ],
)  # fmt: skip
def test_what_makes_no_model_is_refused_by_name(name, given):
    with pytest.raises(UsageError, match=name):
        model_config(flow.SPEC, {name: given})


def test_every_number_has_its_range():
    numbers = {f.name for f in fields(FlowConfig) if f.type in ("int", "float")}
    from eloss_plugins.trainers.flow_model.config import RANGES

    for name in {f.name for f in fields(FlowConfig) if f.type in (int, float)} | numbers:
        assert name in RANGES


@pytest.mark.parametrize("preset", flow.SPEC.presets)
def test_presets_survive_json(preset):
    config = flow.SPEC.presets[preset]
    read = json.loads(json.dumps(asdict(config)))
    assert FlowConfig(**{**read, "norm_values": tuple(read["norm_values"])}) == config


LAWS = {
    "uniform": stats.uniform(),
    "beta": stats.beta(1, 2),
    "logit-normal": stats.norm(),
}


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("data_at", [0, 1])
def test_noise_levels_have_the_distribution_of_their_name(name, data_at):
    model = toy_flow(time_draw=name, data_at=data_at, least_time=0.1)
    batch = toy_batch((2,) * 3000, padding=0)
    torch.manual_seed(0)
    time = model.draw(batch).time
    level = (time - data_at).abs().double()
    assert 0.1 <= float(level.min()) <= float(level.max()) <= 1
    inside = (level - 0.1) / 0.9
    drawn = inside.logit() if name == "logit-normal" else inside
    assert stats.kstest(drawn.numpy(), LAWS[name].cdf).pvalue > 0.01


def test_a_state_dict_holds_the_network_alone():
    assert all(name.startswith("dynamics.") for name in toy_flow().state_dict())


@pytest.mark.parametrize("network", ["egnn", "gnn"])
def test_networks_of_the_papers_size_have_its_number_of_parameters(network):
    """5.3 and 3.6 million, as edm and gdm, whose networks they are."""
    config = model_config(flow.SPEC, {"preset": "paper-qm9", "network": network})
    count = sum(p.numel() for p in flow.SPEC.build(config, 5).parameters())
    assert count / 1e6 == pytest.approx({"egnn": 5.3, "gnn": 3.6}[network], abs=0.05)
