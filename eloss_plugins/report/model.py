"""What a report says, before it is written as a page, a text or a picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.metrics.evaluation import Evaluation
from eloss_plugins.report.about import About


@dataclass(frozen=True)
class Curve:
    """One number over training.

    Attributes:
        steps: optimiser steps, rising.
        values: the number at each, finite or not.
    """

    steps: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class SeedRun:
    """One training run with one seed.

    Attributes:
        seed: of data order, weights and noise.
        evaluation: of the molecules it generated.
        curves: by name; `loss` has an axis for each loss, `nll` one for all.
        seconds: wall time of the training; None when not known.
    """

    seed: int
    evaluation: Evaluation
    curves: Mapping[str, Curve] = field(default_factory=dict)
    seconds: float | None = None


@dataclass(frozen=True)
class LossRuns:
    """All runs with one loss.

    Attributes:
        loss: its name in tables.
        seeds: its runs.
        settings: what was set for this loss, such as its swept learning rate.
        examples: generated molecules to draw, the first ones and not the best ones.
    """

    loss: str
    seeds: tuple[SeedRun, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    examples: MoleculeSet = field(default_factory=lambda: MoleculeSet.from_molecules([]))


@dataclass(frozen=True)
class Table:
    """A table of words, such as settings or a sweep of learning rates.

    Attributes:
        title: what it shows.
        header: names of the columns.
        rows: as many cells each.
        note: a sentence below.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Report:
    """A comparison of losses.

    Attributes:
        title: one line.
        groups: the runs, by loss, in the order of the tables.
        data: the same evaluation of real molecules, the ceiling; None when not made.
        tables: settings, sweeps and the like.
        about: subject, notes, and how it came about.
    """

    title: str
    groups: tuple[LossRuns, ...]
    data: Evaluation | None = None
    tables: tuple[Table, ...] = ()
    about: About = About()
