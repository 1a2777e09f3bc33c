"""docs/shapes.md: its numbers are those of the code."""

import math
import re

from pages import page

from eloss_plugins.cli.main import build_parser
from eloss_plugins.cli.shapes import plan_of
from eloss_plugins.shapes.losses import LEARNING_RATES
from eloss_plugins.shapes.plan import RATES, SWEEP_SEEDS, Plan
from eloss_plugins.shapes.quality import Quality

TEXT = page("docs/shapes.md")


def default() -> Plan:
    return plan_of(build_parser().parse_args(["shapes"]))


def test_the_rates_taken_are_the_default_ones():
    rows = re.findall(r"^\| `([a-z ]+)` \|.* ([0-9.]+) \|$", TEXT, flags=re.MULTILINE)
    taken = {label: float(rate) for label, rate in rows}
    assert taken == {one.label: one.rate for one in default().contenders}
    assert taken.items() <= LEARNING_RATES.items()


def test_the_rates_tried_are_those_of_a_sweep():
    assert "| loss | " + " | ".join(f"{rate:g}" for rate in RATES) + " | taken |" in TEXT
    assert len(SWEEP_SEEDS) == 3


def test_sizes_are_those_of_the_plan():
    plan = default()
    for words in (
        f"N = {plan.vertices} vertices",
        f"{plan.training.steps:,} steps",
        f"{plan.training.samples:,} polygons and",
        f"{plan.training.batch_size} in a step",
        f"rises for {plan.training.warmup} steps",
        f"{plan.counts_batch_size} polygons in a step",
    ):
        assert words in TEXT


def test_the_quality_of_a_perfect_polygon_is_the_one_it_says():
    assert math.isclose(Quality(0, 0, 0, 1).regularity, 36.0, abs_tol=0.05)
    assert "36.0" in TEXT
