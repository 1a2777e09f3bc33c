"""JODO's settings: ranges, presets, JSON."""

import json
from dataclasses import asdict, fields

import pytest
from toy_batches import ELEMENTS

from eloss_plugins.errors import UsageError
from eloss_plugins.trainers import jodo
from eloss_plugins.trainers.jodo_model.config import JodoConfig
from eloss_plugins.trainers.parts import model_config


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"layers": 0}, "layers"), ({"timesteps": 0}, "timesteps"), ({"dropout": 1.0}, "dropout"),
        ({"extra_heads": 3}, "extra_heads"), ({"heads": 3}, "heads"),
        ({"heads": 2}, "extra_heads"), ({"bond_channels": 4}, "bond_channels"),
        ({"norm_values": (1.0, 0.0, 4.0, 1.0)}, "norm_values"),
        ({"loss_weights": (1.0, -1.0, 0.0)}, "loss_weights"),
        ({"charge_range": (1.0, 1.0)}, "charge_range"), ({"solver_order": 4}, "solver_order"),
        ({"solver_steps": "multi", "solver_order": 3}, "solver_order"),
        ({"spatial_cutoff": float("inf")}, "spatial_cutoff"),
        ({"edge_threshold": float("nan")}, "edge_threshold"),
    ],
)  # fmt: skip
def test_numbers_out_of_range_are_refused_by_name(settings, named):
    with pytest.raises(UsageError, match=f"`{named}`"):
        JodoConfig(**settings)


@pytest.mark.parametrize("name", jodo.SPEC.presets)
def test_presets_survive_json(name):
    config = jodo.SPEC.presets[name]
    read = json.loads(json.dumps(asdict(config)))
    tuples = {f.name: tuple(read[f.name]) for f in fields(config) if isinstance(read[f.name], list)}
    assert JodoConfig(**{**read, **tuples}) == config


def test_settings_come_as_text():
    text = {"preset": "tiny", "sampler": "dpm-solver", "loss_weights": "1 0.5 0.2", "align": "no"}
    found = model_config(jodo.SPEC, text)
    assert (found.sampler, found.loss_weights, found.align) == ("dpm-solver", (1, 0.5, 0.2), False)


def test_a_schedule_of_another_trainer_is_refused():
    with pytest.raises(UsageError, match="cosine, linear, polynomial"):
        model_config(jodo.SPEC, {"schedule": "polynomial_2"})


@pytest.mark.parametrize(
    ("preset", "parameters"), [("paper-qm9", 27_538_584), ("paper-geom", 36_843_169)]
)
def test_the_papers_sizes_have_upstreams_number_of_parameters(preset, parameters):
    """Counted in upstream's `DGT_concat` of that configuration and five elements."""
    model = jodo.SPEC.build(jodo.SPEC.presets[preset], ELEMENTS)
    assert sum(p.numel() for p in model.parameters()) == parameters
