import math

import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.shapes import rates
from eloss_plugins.shapes.losses import Contender
from eloss_plugins.shapes.plan import (
    RATES,
    SWEEP_SEEDS,
    Plan,
    angle_runs,
    count_runs,
    sweep_runs,
)
from eloss_plugins.shapes.quality import Quality
from eloss_plugins.shapes.results import Measured, Series, Spot, from_json, over, run_name, to_json
from eloss_plugins.shapes.training import Result, Training

MSE, ENERGY = Contender("mse", "mse"), Contender("energy", "energy")
PLAN = Plan((MSE, ENERGY), (0, 1), (0.0, 2.0), 9, (5, 8), Training(99, 9, 9), 4)


def measured(run, error):
    return Measured(run, Result(Quality(0.0, error, error, 1.0), 0.5, 1.0, 2.0, (((0.0, 1.0),),)))


def test_every_loss_meets_every_angle_with_every_seed():
    runs = angle_runs(PLAN, PLAN.contenders)
    assert [(r.contender.label, r.task.angle, r.seed) for r in runs] == [
        (label, angle, seed)
        for label in ("mse", "energy")
        for angle in (0.0, 2.0)
        for seed in (0, 1)
    ]
    assert {(r.task.vertices, r.training.batch_size) for r in runs} == {(9, 9)}


def test_runs_over_vertices_are_at_the_largest_angle_in_smaller_steps():
    runs = count_runs(PLAN, PLAN.contenders)
    assert {(r.task.vertices, r.task.angle, r.training.batch_size) for r in runs} == {
        (5, 2.0, 4),
        (8, 2.0, 4),
    }


def test_the_sweep_is_the_same_for_each_loss():
    runs = sweep_runs(PLAN)
    tried = {label: set() for label in ("mse", "energy")}
    for run in runs:
        tried[run.contender.label].add((run.contender.rate, run.task.angle, run.seed))
    assert tried["mse"] == tried["energy"]
    assert tried["mse"] == {(rate, 0.0, seed) for rate in RATES for seed in SWEEP_SEEDS}


def test_the_rate_with_the_highest_mean_wins():
    error = {1e-3: 0.5, 3e-3: 0.4, 1e-2: 0.3, 3e-2: 0.2, 1e-1: math.nan}
    found = rates.scores(measured(run, error[run.contender.rate]) for run in sweep_runs(PLAN))
    assert [(it.label, it.rate) for it in found[:2]] == [("mse", 1e-3), ("mse", 3e-3)]
    assert found[3].mean == pytest.approx(-math.log(0.2))
    assert [c.rate for c in rates.with_best_rates(PLAN.contenders, found)] == [3e-2, 3e-2]


def test_of_rates_that_seeds_do_not_tell_apart_the_least_wins():
    tried = [rates.Tried("mse", *numbers) for numbers in ((1, 2, 1, 3), (2, 4, 3, 5), (3, 5, 4, 6))]
    assert rates.best(tried) == 2


def test_runs_have_names_of_their_own():
    every = [*angle_runs(PLAN, PLAN.contenders), *count_runs(PLAN, PLAN.contenders)]
    names = [run_name(run) for run in [*every, *sweep_runs(PLAN)]]
    assert len(set(names)) == len(names)
    assert not any("/" in name for name in names)


def test_seeds_come_together_as_mean_and_range():
    runs = angle_runs(PLAN, (MSE,))
    (series,) = over(
        [measured(run, 0.1 * (1 + run.seed)) for run in runs],
        lambda run: run.task.angle,
        lambda quality: quality.error,
    )
    assert series.label == "mse"
    for spot in series.spots:
        assert (spot.mean, spot.low, spot.high) == pytest.approx((0.15, 0.1, 0.2))
    assert series.at(2.0) == series.spots[1]
    assert Series("none", ()).at(1.0) is None


def test_one_broken_seed_breaks_the_spot():
    runs = angle_runs(PLAN, (MSE,))[:2]
    found = [measured(runs[0], 0.1), measured(runs[1], math.nan)]
    ((spot,),) = [s.spots for s in over(found, lambda run: 0.0, lambda quality: quality.error)]
    assert math.isnan(spot.mean)
    assert isinstance(spot, Spot)


def test_a_result_comes_back_from_json():
    result = measured(angle_runs(PLAN, (MSE,))[0], 0.25).result
    assert from_json(to_json(result)) == result
    nothing = to_json(result) | {"loss": None}
    assert math.isnan(from_json(nothing).loss)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"contenders": (MSE, MSE)}, "different losses"),
        ({"vertices": 2}, "3 vertices or more"),
        ({"vertex_counts": (1,)}, "3 vertices or more"),
        ({"angles": (4.0,)}, "from 0 to pi"),
        ({"counts_batch_size": 30_000}, "does not fit"),
        ({"sweep": True, "seeds": SWEEP_SEEDS[:1]}, "is the sweep's"),
    ],
)
def test_what_no_run_can_have_is_refused(changes, sentence):
    with pytest.raises(UsageError, match=sentence):
        Plan(**({"contenders": (MSE,)} | changes))
