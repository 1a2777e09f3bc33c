"""The tables of a report that are not the comparison: failures and settings."""

from statistics import fmean

from eloss_plugins.metrics.rate import Rate
from eloss_plugins.report.model import LossRuns, Report, Table
from eloss_plugins.report.numbers import NOTHING, duration


def word_tables(report: Report) -> list[Table]:
    """Failures by reason, settings of each loss, and the report's own tables."""
    own = [failure_table(report), settings_table(report)]
    return [*(table for table in own if table is not None), *report.tables]


def failure_table(report: Report) -> Table | None:
    """Failures by reason, counted over all seeds of each loss; None if nothing failed."""
    totals = [_failures(group) for group in report.groups]
    reasons = list(dict.fromkeys(reason for total in totals for reason in total))
    if not reasons:
        return None
    rows = tuple((reason, *(_counted(total, reason) for total in totals)) for reason in reasons)
    header = ("reason", *(group.loss for group in report.groups))
    note = "Each molecule counts once, under the first reason that holds."
    return Table("Failures by reason", header, rows, note)


def settings_table(report: Report) -> Table | None:
    """What was set for each loss, and how long a run took; None if nothing is known."""
    settings = [{**group.settings, **_wall_time(group)} for group in report.groups]
    names = list(dict.fromkeys(name for setting in settings for name in setting))
    if not names:
        return None
    rows = tuple((name, *(setting.get(name, NOTHING) for setting in settings)) for name in names)
    header = ("setting", *(group.loss for group in report.groups))
    return Table("Settings of each loss", header, rows)


def _wall_time(group: LossRuns) -> dict[str, str]:
    seconds = [run.seconds for run in group.seeds if run.seconds is not None]
    return {"training time, mean": duration(fmean(seconds))} if seconds else {}


def _failures(group: LossRuns) -> dict[str, Rate]:
    generated = sum(run.evaluation.molecules for run in group.seeds)
    reasons = dict.fromkeys(reason for run in group.seeds for reason in run.evaluation.failures)
    return {
        reason: Rate(sum(run.evaluation.failures.get(reason, 0) for run in group.seeds), generated)
        for reason in reasons
    }


def _counted(total: dict[str, Rate], reason: str) -> str:
    return str(total[reason]) if reason in total else "0"
