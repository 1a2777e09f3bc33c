"""A small comparison made of molecules whose outcome is known by hand."""

import numpy as np
import pytest
from molecules_by_hand import at_nan, methane, methyl, nothing, together, two_waters

from eloss_plugins.metrics import evaluate
from eloss_plugins.report.about import About
from eloss_plugins.report.model import Curve, LossRuns, Report, SeedRun, Table

LOSS = Curve((10, 20, 30), (3.0, 2.0, 1.5))
NLL = Curve((10, 30), (5.0, -4.25))


def runs(loss: str, good: int, bad: int, seeds=(0, 1), **fields) -> LossRuns:
    molecules = together(*[methane()] * good, *[methyl()] * bad)
    found = evaluate(molecules, together(*[methane()] * 6))
    made = [SeedRun(seed, found, {"loss": LOSS, "nll": NLL}, 61.0) for seed in seeds]
    return LossRuns(loss, tuple(made), {"learning rate": "3e-4"}, **fields)


@pytest.fixture
def report() -> Report:
    broken = together(methane(), methyl(), at_nan(), nothing(), two_waters())
    sweep = Table("Sweep", ("loss", "rate"), (("mse", "1e-3"),), "chosen by stability")
    return Report(
        title="Two losses",
        groups=(runs("mse", 10, 90), runs("energy", 80, 20, examples=broken)),
        data=evaluate(together(*[methane()] * 7)),
        tables=(sweep,),
        about=About(
            subject={"model": "gdm"},
            notes=("same network for both",),
            machine={"cores": "2"},
            versions={"torch": "2.13.0"},
            created="2026-01-02 03:04",
            seconds=611.0,
        ),
    )


@pytest.fixture
def random_cloud():
    positions = np.random.default_rng(5).normal(0, 1.0, (12, 3))
    return together(*[type(methane())(positions, np.array([6, 1, 8] * 4), "cloud")])
