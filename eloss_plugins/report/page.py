"""The parts of the page as plain values, ready for the template."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from eloss_plugins.metrics.evaluation import LABELS, STATED_LABELS, Evaluation
from eloss_plugins.report.chart import ChartView, Line, line_chart
from eloss_plugins.report.columns import Column, cell_of, columns_of
from eloss_plugins.report.curves import LEARNING_CURVES, mean_curve
from eloss_plugins.report.model import LossRuns, Report, SeedRun
from eloss_plugins.report.numbers import (
    NOTHING,
    counts_text,
    interval_text,
    spread_text,
    value_text,
)
from eloss_plugins.report.verdict import verdict

MAIN = (
    "atom_stability",
    "molecule_stability",
    "molecule_stable_and_connected",
    "validity",
    "completeness",
    "uniqueness_of_generated",
)
"""Columns of the first table; the others stand in further ones."""

HEADLINES = (
    *("molecule_stability", "atom_stability", "molecule_stability_2d"),
    *("distances", "bond_lengths", "nll"),
)
"""Columns whose outcome opens the report, the first one largest."""

NLL_LABEL = "Validation NLL, nats per molecule"
CAPTION_OF_ALL = "Validation NLL of all runs: one quantity for every loss, lower is better."


@dataclass(frozen=True)
class CellView:
    """A cell: the number, the counts and interval below it, and whether it leads."""

    value: str
    counts: str = ""
    interval: str = ""
    best: bool = False


@dataclass(frozen=True)
class RowView:
    """A loss in a table, with a row for each of its seeds."""

    loss: str
    cells: tuple[CellView, ...]
    seeds: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class TableView:
    """A comparison table; `data` is the row of real molecules, empty when there is none."""

    title: str
    header: tuple[str, ...]
    rows: tuple[RowView, ...]
    data: tuple[str, ...]


def findings(report: Report) -> list[str]:
    """Sentences on the headline columns, from the rule in `report.verdict`."""
    known = {column.name: column for column in columns_of(report)}
    headlines = [known[name] for name in HEADLINES if name in known]
    if len(report.groups) < 2:
        return []
    return [verdict(report, column).sentence for column in headlines]


def table_views(report: Report) -> list[TableView]:
    """The main comparison and the further columns."""
    columns = columns_of(report)
    main = [column for column in columns if column.name in MAIN]
    stated = [column for column in columns if column.name in STATED_LABELS]
    other = [column for column in columns if column.name not in {*MAIN, *STATED_LABELS}]
    titled = [
        ("Stability and validity", main),
        ("The same by the bonds that the models make", stated),
        ("Identity, geometry and likelihood", other),
    ]
    return [_table_view(report, title, chosen) for title, chosen in titled if chosen]


def chart_views(report: Report) -> list[ChartView]:
    """Learning curves, training losses on an axis each, then the likelihood of all on one."""
    return [
        ChartView(text, Markup(line_chart(lines, label, text)))
        for label, lines in chart_lines(report)
        for text in [CAPTION_OF_ALL if label == NLL_LABEL else f"{label} over training."]
    ]


def chart_lines(report: Report) -> list[tuple[str, list[Line]]]:
    """What each chart draws, by the label of its axis."""
    colours = {group.loss: colour for colour, group in enumerate(report.groups)}
    charts = [
        (f"{LABELS[name]}, %, mean over seeds", _mean_lines(report.groups, name))
        for name in LEARNING_CURVES
    ]
    charts += [
        (
            f"Loss of {group.loss}, its own unit",
            [replace(line, colour=colours[group.loss]) for line in _lines([group], "loss")],
        )
        for group in report.groups
    ]
    charts.append((NLL_LABEL, _lines(report.groups, "nll", numbered=True)))
    return [(label, lines) for label, lines in charts if lines]


def _table_view(report: Report, title: str, columns: Sequence[Column]) -> TableView:
    leaders = {column.name: verdict(report, column).leader for column in columns}
    rows = tuple(_row(group, columns, leaders) for group in report.groups)
    data = tuple(_data_text(column, report.data) for column in columns) if report.data else ()
    return TableView(title, tuple(column.label for column in columns), rows, data)


def _row(group: LossRuns, columns: Sequence[Column], leaders: dict[str, str | None]) -> RowView:
    cells = tuple(_cell(column, group, leaders[column.name] == group.loss) for column in columns)
    seeds = tuple(
        (f"seed {run.seed}", tuple(value_text(column, column.value(run)) for column in columns))
        for run in group.seeds
    )
    return RowView(group.loss, cells, seeds)


def _cell(column: Column, group: LossRuns, best: bool) -> CellView:
    cell = cell_of(column, group)
    if cell is None:
        return CellView(NOTHING)
    return CellView(spread_text(column, cell), counts_text(cell), interval_text(column, cell), best)


def _data_text(column: Column, data: Evaluation) -> str:
    return value_text(column, column.value(SeedRun(0, data)))


def _mean_lines(groups: Sequence[LossRuns], name: str) -> list[Line]:
    """One line a loss, over the seeds that have the curve."""
    found = [[run.curves[name] for run in group.seeds if name in run.curves] for group in groups]
    return [
        Line(group.loss, mean_curve(curves), colour)
        for colour, (group, curves) in enumerate(zip(groups, found, strict=True))
        if curves
    ]


def _lines(groups: Sequence[LossRuns], name: str, numbered: bool = False) -> list[Line]:
    return [
        Line(f"{group.loss} {label}" if numbered else label, run.curves[name], colour, dash)
        for colour, group in enumerate(groups)
        for dash, run in enumerate(group.seeds)
        for label in [f"seed {run.seed}"]
        if name in run.curves
    ]
