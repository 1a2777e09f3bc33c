"""What the page of a spin experiment says, before it is written."""

from dataclasses import dataclass

from eloss_plugins.report.about import About
from eloss_plugins.report.model import Curve, Table


@dataclass(frozen=True)
class SpinLoss:
    """The runs of one loss.

    Attributes:
        label: its name.
        gap: mean energy gap over all.
        error: standard error of that.
        seeds: the mean gap with each seed.
        curve: mean gap over optimiser steps.
    """

    label: str
    gap: float
    error: float
    seeds: tuple[float, ...]
    curve: Curve


@dataclass(frozen=True)
class SpinDrawing:
    """Spins of one system on a lattice.

    Attributes:
        title: what they are.
        spins: +1 and -1, row by row.
        wrong: sites that differ from the ground state, up to the global sign.
    """

    title: str
    spins: tuple[tuple[int, ...], ...]
    wrong: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True)
class SpinRow:
    """A ground state and the predictions of it.

    Attributes:
        title: which system.
        drawings: the ground state first.
    """

    title: str
    drawings: tuple[SpinDrawing, ...]


@dataclass(frozen=True)
class SpinReport:
    """An experiment with spins.

    Attributes:
        title: one line.
        losses: in the order of the table.
        chance: mean gap of fair coins.
        findings: the outcome in sentences, the first one largest.
        tables: of numbers.
        rows: pictures of predictions.
        about: subject, notes, and how it came about.
    """

    title: str
    losses: tuple[SpinLoss, ...]
    chance: float
    findings: tuple[str, ...]
    tables: tuple[Table, ...]
    rows: tuple[SpinRow, ...]
    about: About = About()
