"""What the sentences of a spin experiment may say."""

from types import SimpleNamespace

import numpy as np
import pytest

from eloss_plugins.cli.spinning.findings import findings
from eloss_plugins.spins.metrics import Judged

IN_ORDER = {"cross-entropy": (20, 21), "margin": (16, 17), "local-field": (12, 12.5)}
IN_ORDER |= {"true-energy": (5, 5.5)}


def judged(gap):
    gaps = np.full(1000, float(gap)) + np.linspace(-1, 1, 1000)
    return Judged(gap=gaps, settled=30 - gaps / 2, relative=gaps, overlap=gaps, exact=gaps)


def said(**gaps):
    """The sentences on losses with these mean gaps, one a seed."""
    losses = [
        SimpleNamespace(
            entry=SimpleNamespace(label=name.replace("_", "-")),
            runs=tuple(judged(gap) for gap in seeds),
        )
        for name, seeds in gaps.items()
    ]
    return " ".join(findings(SimpleNamespace(losses=losses, chance=judged(46))))


def order(**changed):
    return said(**{name.replace("-", "_"): gap for name, gap in IN_ORDER.items()} | changed)


def test_the_papers_order_is_told():
    assert (
        "stand in the paper's order: cross-entropy 20.5, margin 16.5, local-field 12.2" in order()
    )
    assert "nearer" not in order()


@pytest.mark.parametrize("margin", [(12.4, 12.9), (12.2, 20)])  # within errors; one seed behind
def test_means_in_order_that_are_not_apart_are_named(margin):
    text = order(margin=margin)
    assert "stand in the paper's order: " in text
    assert "margin and local-field" in text.partition("; but ")[2]


def test_another_order_is_told_as_such():
    assert "do not stand in the paper's order" in order(margin=(11, 11.1))


def test_the_nearest_loss_comes_first_and_a_symmetric_one_is_compared():
    text = said(local_field=(12, 12.5), pair_energy=(4, 4.2))
    assert text.startswith("pair-energy comes nearest")
    assert "pair-energy is ahead of local-field: 4.1 against 12.2" in text
    assert "No loss that leaves the global sign alone is ahead" in said(
        local_field=(12, 12.5), pair_energy=(12, 12.6)
    )


def test_what_is_nearest_after_descent_is_told_beside_fair_coins():
    text = said(local_field=(12, 12.5), pair_energy=(4, 4.2))  # left here: 30 - gap / 2
    assert "After descent by single spins local-field is nearest, 23.9 ± 0.1 above" in text
    assert "fair coins then lie 7.0 above" in text
