"""The parts of the page as plain values, ready for the template."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from eloss_plugins.metrics.evaluation import Evaluation
from eloss_plugins.metrics.rate import Rate
from eloss_plugins.report.chart import Line, line_chart
from eloss_plugins.report.columns import Column, cell_of, columns_of
from eloss_plugins.report.model import LossRuns, Report, SeedRun, Table
from eloss_plugins.report.numbers import counts_text, interval_text, spread_text, value_text
from eloss_plugins.report.verdict import verdict

MAIN = (
    "atom_stability",
    "molecule_stability",
    "molecule_stable_and_connected",
    "validity",
    "completeness",
    "uniqueness_of_generated",
)
"""Columns of the first table; the others stand in a second one."""

HEADLINES = ("molecule_stability", "atom_stability", "distances", "bond_lengths", "nll")
"""Columns whose outcome opens the report, the first one largest."""

NONE = "–"


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


@dataclass(frozen=True)
class ChartView:
    """A chart with its caption."""

    caption: str
    svg: Markup


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
    other = [column for column in columns if column.name not in MAIN]
    titled = [("Stability and validity", main), ("Identity, geometry and likelihood", other)]
    return [_table_view(report, title, chosen) for title, chosen in titled if chosen]


def chart_views(report: Report) -> list[ChartView]:
    """Training losses on an axis each, then the likelihood of all on one."""
    with_loss = [group for group in report.groups if _lines([group], "loss")]
    charts = [_loss_chart(report, group) for group in with_loss]
    lines = _lines(report.groups, "nll", numbered=True)
    if lines:
        text = "Validation NLL of all runs: the same quantity for every loss, lower is better."
        charts.append(ChartView(text, Markup(line_chart(lines, "NLL, nats per molecule", text))))
    return charts


def failure_table(report: Report) -> Table | None:
    """Failures by reason, counted over all seeds of each loss; None if nothing failed."""
    totals = {group.loss: _failures(group) for group in report.groups}
    reasons = list(dict.fromkeys(reason for found in totals.values() for reason in found))
    if not reasons:
        return None
    generated = [sum(run.evaluation.molecules for run in group.seeds) for group in report.groups]
    rows = [
        (
            reason,
            *(
                str(Rate(found.get(reason, 0), n))
                for found, n in zip(totals.values(), generated, strict=True)
            ),
        )
        for reason in reasons
    ]
    note = "Each molecule counts once, under the first reason that holds, in the metrics' order."
    return Table("Failures by reason", ("reason", *totals), tuple(rows), note)


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
        return CellView(NONE)
    return CellView(spread_text(column, cell), counts_text(cell), interval_text(column, cell), best)


def _data_text(column: Column, data: Evaluation) -> str:
    return value_text(column, column.value(SeedRun(0, data)))


def _loss_chart(report: Report, group: LossRuns) -> ChartView:
    text = f"Training loss of {group.loss}, in its own unit."
    colour = report.groups.index(group)
    lines = [replace(line, colour=colour) for line in _lines([group], "loss")]
    return ChartView(text, Markup(line_chart(lines, f"{group.loss} loss", text)))


def _lines(groups: Sequence[LossRuns], name: str, numbered: bool = False) -> list[Line]:
    return [
        Line(f"{group.loss} {label}" if numbered else label, run.curves[name], colour, dash)
        for colour, group in enumerate(groups)
        for dash, run in enumerate(group.seeds)
        for label in [f"seed {run.seed}"]
        if name in run.curves
    ]


def _failures(group: LossRuns) -> dict[str, int]:
    totals: dict[str, int] = {}
    for run in group.seeds:
        for reason, count in run.evaluation.failures.items():
            totals[reason] = totals.get(reason, 0) + count
    return totals
