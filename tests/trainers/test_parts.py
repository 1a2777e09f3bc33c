import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.trainers import edm, flow, gdm, jodo
from eloss_plugins.trainers.config import TrainConfig
from eloss_plugins.trainers.parts import (
    Parts,
    model_config,
    resolve_learning_rate,
    resolve_parts,
    sampling_config,
)
from trainers.tiny_run import data


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [
        ("layers", "3", 3), ("layers", 3, 3), ("features", "1e2", 100), ("tanh", "no", False),
        ("tanh", True, True), ("tanh", "Off", False), ("precision", "1e-4", 1e-4),
        ("schedule", "cosine", "cosine"),
        ("norm_values", "1/4/10", (1.0, 4.0, 10.0)), ("norm_values", [1, 8, 1], (1.0, 8.0, 1.0)),
        ("aggregation", "mean", "mean"),
    ],
)  # fmt: skip
def test_text_and_values_become_what_the_setting_is(name, given, taken):
    assert getattr(model_config(gdm.SPEC, {name: given}), name) == taken


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("layers", "three"), ("layers", 2.5), ("layers", True), ("layers", "1e400"),
        ("tanh", "maybe"),
        ("norm_values", "1/2"), ("aggregation", "median"), ("precision", "small"), ("width", 3),
        ("preset", "huge"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(name, given):
    with pytest.raises(UsageError, match=name if name != "preset" else "huge"):
        model_config(gdm.SPEC, {name: given})


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("layers", 0), ("features", -5), ("timesteps", 0), ("inv_sublayers", 0), ("precision", 0),
        ("precision", 1e-30), ("precision", 0.5), ("precision", "nan"), ("norm_values", "0 4 10"),
        ("norm_values", "1 4 inf"), ("norm_biases", "nan 0"), ("norm_constant", -1),
        ("normalization_factor", 0),
    ],
)  # fmt: skip
def test_numbers_that_make_no_model_are_refused(name, given):
    with pytest.raises(UsageError, match=f"model setting `{name}` must be .*; got"):
        model_config(gdm.SPEC, {name: given})


def test_settings_go_over_a_preset():
    name = next(iter(gdm.SPEC.presets))
    found = model_config(gdm.SPEC, {"preset": name, "layers": 2})
    assert found.layers == 2
    assert found.features == gdm.SPEC.presets[name].features


@pytest.mark.parametrize(
    ("spec", "loss", "law", "rate"),
    [
        (gdm.SPEC, "energy", "exponential", 4e-4), (gdm.SPEC, "energy", "inverse", 7e-4),
        (gdm.SPEC, "mse", None, 1e-3), (edm.SPEC, "kabsch", None, 3e-4),
        (edm.SPEC, "energy", "exponential", 1e-4), (gdm.SPEC, "none", None, 1e-3),
        (edm.SPEC, "a-plugin", None, 3e-4),
    ],
)  # fmt: skip
def test_learning_rates_are_the_papers(spec, loss, law, rate):
    parts = Parts(spec, data(), settings={"stiffness": law} if law else {})
    assert resolve_learning_rate(TrainConfig(spec.name, loss=loss), parts) == rate


@pytest.mark.parametrize("written", ["energy", "Energy", "eloss-plugins:energy"])
def test_the_rate_is_the_same_however_the_loss_is_written(written):
    config = TrainConfig("gdm", loss=written, data="bundled-tiny")
    assert resolve_learning_rate(config, resolve_parts(config)) == 4e-4


def test_another_packages_loss_of_the_same_name_has_no_tuned_rate():
    theirs = {"loss": "energy", "plugin": "acme:acme", "stiffness": "exponential"}
    parts = Parts(gdm.SPEC, data(), settings=theirs)
    assert resolve_learning_rate(TrainConfig("gdm", loss="acme:energy"), parts) == 1e-3


def test_a_learning_rate_that_was_asked_for_stands():
    config = TrainConfig("gdm", learning_rate=0.5)
    assert resolve_learning_rate(config, Parts(gdm.SPEC, data())) == 0.5


def test_sampling_goes_over_what_the_run_says():
    found = sampling_config(flow.SPEC, {"layers": 2, "solver": "rk4"}, {"solver": "dopri5"})
    assert (found.layers, found.solver) == (2, "dopri5")


@pytest.mark.parametrize(
    ("spec", "name", "says"),
    [
        (jodo.SPEC, "layers", "jodo among sampler, solver_order, solver_steps; got `layers`"),
        (flow.SPEC, "sampler", "absolute_tolerance, relative_tolerance, solver; got `sampler`"),
        (gdm.SPEC, "solver", "gdm has no sampling options; got `solver`"),
    ],
)
def test_what_does_not_say_how_to_sample_is_refused(spec, name, says):
    with pytest.raises(UsageError, match=says):
        sampling_config(spec, {}, {name: 1})


def test_values_of_sampling_are_checked_with_those_of_the_run():
    with pytest.raises(UsageError, match="must be 1 or 2 with `solver_steps=multi`; got 3"):
        sampling_config(jodo.SPEC, {"solver_steps": "multi"}, {"solver_order": 3})
