"""Who is ahead: decided by intervals and seeds, whatever the losses are called."""

from dataclasses import replace

import pytest

from eloss_plugins.metrics.evaluation import Evaluation
from eloss_plugins.metrics.geometry import Geometry
from eloss_plugins.metrics.rate import Rate
from eloss_plugins.report.columns import columns_of
from eloss_plugins.report.model import LossRuns, Report, SeedRun
from eloss_plugins.report.verdict import verdict


def run(seed: int, stable: int = 0, of: int = 100, length: float = 0.1) -> SeedRun:
    rates = {"molecule_stability": Rate(stable, of), "novelty": Rate(stable, of)}
    return SeedRun(seed, Evaluation(of, of, rates, {}, Geometry(length, length, {})))


def report(**counts: list[int]) -> Report:
    groups = [
        LossRuns(loss, tuple(run(seed, n) for seed, n in enumerate(values)))
        for loss, values in counts.items()
    ]
    return Report("", tuple(groups))


def outcome(made: Report, name: str = "molecule_stability"):
    return verdict(made, next(c for c in columns_of(made) if c.name == name))


def test_clear_difference_has_a_leader_with_its_counts():
    found = outcome(report(mse=[10, 12], energy=[50, 55]))
    assert found.leader == "energy"
    assert "energy is ahead with 52.5 % (105/200), against mse with 11.0 % (22/200)" in (
        found.sentence
    )


def test_exchanged_names_exchange_the_outcome():
    first = outcome(report(mse=[10, 12], energy=[50, 55]))
    second = outcome(report(energy=[10, 12], mse=[50, 55]))
    assert second.leader == "mse"
    swapped = {"mse": "energy", "energy": "mse"}
    assert second.sentence == " ".join(swapped.get(w, w) for w in first.sentence.split(" "))


def test_overlapping_intervals_are_undecided():
    found = outcome(report(mse=[40, 42], energy=[45, 46]))
    assert found.leader is None
    assert found.sentence.endswith("the 95 % intervals overlap.")


def test_overlapping_seeds_are_undecided_though_pooled_intervals_do_not_overlap():
    found = outcome(report(mse=[5, 52], energy=[50, 95]))
    assert found.leader is None
    assert found.sentence.endswith("single seeds overlap.")


def test_one_seed_decides_nothing():
    found = outcome(report(mse=[1], energy=[99]))
    assert found.leader is None
    assert "one seed" in found.sentence


def test_leader_must_be_ahead_of_all_others():
    found = outcome(report(mse=[10, 11], energy=[60, 61], mae=[59, 62]))
    assert found.leader is None
    assert "between energy 60.5 % (121/200) and mae" in found.sentence
    assert "mse" not in found.sentence


def test_smaller_length_error_is_better():
    short = LossRuns("a", tuple(run(s, length=0.02 + 1e-4 * s) for s in range(3)))
    long = LossRuns("b", tuple(run(s, length=0.09 + 1e-4 * s) for s in range(3)))
    assert outcome(Report("", (long, short)), "bond_lengths").leader == "a"


def test_leading_in_novelty_means_nothing():
    assert outcome(report(mse=[1, 1], energy=[99, 99]), "novelty").leader is None


@pytest.mark.parametrize("counts", [{"mse": [1, 2]}, {"mse": [1, 2], "energy": []}])
def test_nothing_to_compare_with_is_no_outcome(counts):
    assert outcome(report(**counts)).leader is None


def test_rate_of_nothing_is_left_out_of_the_spread():
    made = report(mse=[10, 12], energy=[50, 55])
    empty = LossRuns("none", (run(0, 0, 0), run(1, 0, 0)))
    assert outcome(replace(made, groups=(*made.groups, empty))).leader == "energy"
