"""The comparison as a page, as JSON and on the terminal."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eloss_plugins.atomic_write import atomic_write_text
from eloss_plugins.cli.comparison import sweep
from eloss_plugins.cli.comparison.ceiling import ceiling, state_bonds
from eloss_plugins.cli.comparison.contest import Contest
from eloss_plugins.cli.comparison.plan import DEFAULT_DATA, Entrant, Job, Plan
from eloss_plugins.cli.comparison.results import facts, seed_run
from eloss_plugins.cli.output import emit, note, to_json, warn
from eloss_plugins.cli.runs.about import about
from eloss_plugins.data.load import load
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.report.html import write_report
from eloss_plugins.report.model import LossRuns, Report, Table
from eloss_plugins.report.page import findings
from eloss_plugins.report.picture import write_picture
from eloss_plugins.report.text import report_text

EXAMPLES = 12
COMMON = (
    *("trainer", "data", "steps", "epochs", "batch_size", "ema_decay", "clip", "size_pool"),
    *("precision", "accelerator", "devices"),
)  # settings of a run that are the same for all
OWN_NAMES = ("target", "loss")  # of what a loss came to: said elsewhere in the report
PACKAGES = ("eloss-plugins", "torch", "rdkit", "e3nn", "lightning-fabric", "numpy")


def publish(contest: Contest, out: Path, *, as_json: bool) -> None:
    """Write report.html, report.png and report.json, print the table, and say what failed."""
    report = report_of(contest, out)
    write_report(out / "report.html", report)
    write_picture(out / "report.png", report)
    record = record_of(contest, report)
    atomic_write_text(out / "report.json", to_json(record) + "\n")
    if as_json:
        emit(to_json(record))
    else:
        emit(f"{report_text(report)}\nReport: {out / 'report.html'}")
    for job in contest.unfinished:
        warn(f"{job.name} has no result; see {out / 'logs'}")
    if contest.unfinished:
        note("Try the failed runs again with the same command and --resume")


def report_of(contest: Contest, out: Path) -> Report:
    """The comparison as the report takes it."""
    plan = contest.plan
    labels = ", ".join(entrant.label for entrant in plan.entrants)
    groups = tuple(_group(contest, entrant) for entrant in contest.entrants)
    data = load(str(plan.common.settings.get("data", DEFAULT_DATA)))
    return Report(
        title=f"{plan.common.model}: {labels}",
        groups=groups,
        data=ceiling(data, plan.common.samples, stated=state_bonds(groups)),
        tables=tuple(_sweep_tables(contest)),
        about=about(_subject(contest), _notes(contest), PACKAGES, contest.seconds),
    )


def record_of(contest: Contest, report: Report) -> dict[str, Any]:
    """Everything that decided the comparison and came of it, as plain values."""
    winners = {e.label: e for e in contest.entrants}
    runs = [_run_record(job) for job in contest.jobs]
    return {
        "plan": contest.plan.to_json(),
        "entrants": list(contest.entrants),
        "resolved": contest.resolved,
        "sweep": sweep.record(contest.tried, winners),
        "runs": runs,
        "findings": findings(report),
        "unfinished": [job.name for job in contest.unfinished],
        "versions": report.about.versions,
        "machine": report.about.machine,
        "seconds": contest.seconds,
    }


def _run_record(job: Job) -> dict[str, Any]:
    found = seed_run(job)
    return {
        "loss": job.entrant.label,
        "seed": job.seed,
        "folder": str(job.folder),
        "seconds": found.seconds if found else None,
        "evaluation": found.evaluation.to_json() if found else None,
    }


def _group(contest: Contest, entrant: Entrant) -> LossRuns:
    mine = [job for job in contest.jobs if job.entrant == entrant]
    found = [run for job in mine if (run := seed_run(job)) is not None]
    return LossRuns(
        entrant.label, tuple(found), _settings(contest, entrant, mine[0]), _examples(mine)
    )


def _settings(contest: Contest, entrant: Entrant, job: Job) -> dict[str, str]:
    """What was set for this loss: the rate that its runs used, and its options."""
    rate = facts(job.folder).get("config", {}).get("learning_rate", entrant.learning_rate)
    resolved = contest.resolved[entrant.label]
    return {"learning rate": f"{rate:g}" if isinstance(rate, float) else "tuned"} | {
        name: str(value)
        for name, value in resolved.items()
        if value is not None and name not in OWN_NAMES
    }


def _examples(jobs: list[Job]) -> MoleculeSet:
    """The first molecules of the first finished run: not the best ones."""
    from eloss_plugins.data.readers import read_molecules

    file = next((j.folder / "samples.sdf" for j in jobs if j.result.exists()), None)
    if file is None:
        return MoleculeSet.from_molecules([])
    molecules = read_molecules(file)
    return molecules.subset(range(min(EXAMPLES, len(molecules))))


def _subject(contest: Contest) -> dict[str, str]:
    """What all runs had in common, as the first finished one has recorded it."""
    finished = [job for job in contest.jobs if job.result.exists()]
    record = facts(finished[0].folder)
    config = dict(record.get("config", {}))
    shown = {key: config[key] for key in COMMON if config.get(key) is not None}
    shown |= {f"model: {key}": value for key, value in config.get("model", {}).items()}
    shown |= {"parameters": record.get("parameters", "not known")}
    shown |= {"seeds": ", ".join(map(str, contest.plan.seeds))}
    shown |= {"molecules a run": contest.plan.common.samples}
    return {str(key).replace("_", " "): str(value) for key, value in shown.items()}


def _sweep_tables(contest: Contest) -> list[Table]:
    if not contest.tried:
        return []
    winners = {e.label: e for e in contest.entrants}
    rows = [_sweep_row(point) for point in sweep.record(contest.tried, winners)]
    grid = contest.plan.grid
    note = (
        ""
        if grid is None
        else (
            f"{grid.steps} steps and {grid.samples} molecules a point, seed {grid.seed}, the same "
            "for every loss. Chosen: most stable molecules; where intervals overlap, atoms."
        )
    )
    header = ("loss", "learning rate", "weight", "molecules stable", "atoms stable", "chosen")
    return [Table("Sweep", header, tuple(rows), note)]


def _sweep_row(point: Mapping[str, Any]) -> tuple[str, ...]:
    score = point["score"]
    rates = ("failed", "failed") if score is None else tuple(f"{100 * s:.1f} %" for s in score)
    weight = point["options"].get(sweep.WEIGHT, "-")
    return (
        str(point["loss"]),
        f"{point['learning_rate']:g}",
        str(weight),
        *rates,
        "yes" if point["chosen"] else "",
    )


def _notes(contest: Contest) -> list[str]:
    plan = contest.plan
    notes = [
        "All losses had the same data, network, steps, batches, seeds and sampling noise.",
        _rate_note(plan),
    ]
    notes += [
        f"{entrant.label} chose the end of the sweep's learning rates; a wider sweep may do better."
        for entrant in contest.entrants
        if plan.grid is not None and sweep.at_the_edge(entrant, plan.grid)
    ]
    if contest.unfinished:
        names = ", ".join(job.name for job in contest.unfinished)
        notes.append(f"Without a result, and missing above: {names}.")
    return notes


def _rate_note(plan: Plan) -> str:
    if plan.grid is None:
        return "Learning rates and weights are those given or tuned beforehand, not swept here."
    return (
        f"Each loss chose among {len(plan.grid.rates)} learning rates and "
        f"{len(plan.grid.weights)} factors on its weight by the sweep below."
    )
