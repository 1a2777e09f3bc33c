"""A report as plain text for a terminal."""

from eloss_plugins.metrics.evaluation import aligned
from eloss_plugins.report.columns import Column, cell_of, columns_of
from eloss_plugins.report.model import LossRuns, Report, SeedRun
from eloss_plugins.report.numbers import (
    NOTHING,
    counts_text,
    duration,
    interval_text,
    spread_text,
    value_text,
)
from eloss_plugins.report.page import findings


def report_text(report: Report) -> str:
    """The comparison: title, outcome in words, and a block of numbers for each column."""
    blocks = [report.title, "\n".join(findings(report)), comparison_text(report)]
    blocks.append(f"Wall time: {duration(report.about.seconds)}")
    return "\n\n".join(block for block in blocks if block)


def comparison_text(report: Report) -> str:
    """A row for each metric and loss: mean and deviation over seeds, counts, 95 % interval."""
    rows = [("metric", "loss", "mean ± sd", "counts", "95 % interval")]
    for column in columns_of(report):
        labels = [column.label, *[""] * len(report.groups)]
        cells = [_cells(column, group) for group in report.groups]
        rows += [(label, *cell) for label, cell in zip(labels, cells, strict=False)]
        rows += _data_row(column, report)
    return aligned(rows)


def _cells(column: Column, group: LossRuns) -> tuple[str, str, str, str]:
    cell = cell_of(column, group)
    if cell is None:
        return group.loss, NOTHING, "", ""
    texts = spread_text(column, cell), counts_text(cell), interval_text(column, cell)
    return group.loss, *texts


def _data_row(column: Column, report: Report) -> list[tuple[str, str, str, str, str]]:
    if report.data is None or (value := column.value(SeedRun(0, report.data))) is None:
        return []
    return [("", "real molecules", value_text(column, value), "", "")]
