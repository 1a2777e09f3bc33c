"""What an experiment leaves: a table, a page, a picture and JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.atomic_write import atomic_write_text
from eloss_plugins.cli.output import emit, emit_json, note, table, to_json
from eloss_plugins.cli.runs.about import about
from eloss_plugins.cli.spinning.findings import findings, notes
from eloss_plugins.cli.spinning.tables import numbers_table, published_table
from eloss_plugins.report.model import Curve
from eloss_plugins.report.spin_model import SpinDrawing, SpinLoss, SpinReport, SpinRow
from eloss_plugins.report.spin_page import write_spins
from eloss_plugins.report.spin_picture import write_spin_picture
from eloss_plugins.spins.experiment import Experiment, Finished
from eloss_plugins.spins.metrics import measure, measures
from eloss_plugins.spins.metrics import to_json as measures_to_json

PACKAGES = ("eloss-plugins", "torch", "numpy", "scipy")
DRAWN = 3  # systems in the picture


def publish(held: Experiment, out: Path, *, as_json: bool) -> None:
    """Write spins.html, spins.png and spins.json, and print the table."""
    report = report_of(held)
    record = record_of(held, report)
    write_spins(out / "spins.html", report)
    write_spin_picture(out / "spins.png", report)
    atomic_write_text(out / "spins.json", to_json(record) + "\n")
    if as_json:
        emit_json(record)
        return
    emit("\n".join([report.title, *report.findings]))
    for one in report.tables:
        emit("\n" + "\n".join([one.title, table(one.header, one.rows), *filter(None, [one.note])]))
    note(f"written: {out / 'spins.html'}, spins.png, spins.json")


def report_of(held: Experiment) -> SpinReport:
    """The experiment as the page takes it."""
    plan = held.plan
    return SpinReport(
        title=f"Ground states of spin glasses, {held.test.lattice}",
        losses=tuple(_loss(held, one) for one in held.losses),
        chance=float(held.chance.gap.mean()),
        findings=tuple(findings(held)),
        tables=(numbers_table(held), published_table(held)),
        rows=tuple(_row(held, number) for number in range(min(DRAWN, plan.test))),
        about=about(_subject(held), notes(held), PACKAGES, held.seconds),
    )


def record_of(held: Experiment, report: SpinReport) -> dict[str, Any]:
    """Everything that decided the experiment and came of it, as plain values."""
    return {
        "plan": held.plan.to_json(),
        "ground_states": {
            "mean_energy": float(held.test.energies.mean()),
            "mean_energy_per_site": float(held.test.energies.mean() / held.test.lattice.num_sites),
        },
        "chance": measures_to_json(measures([held.chance])),
        "losses": {
            one.entry.label: {**measures_to_json(measures(one.runs)), "curves": one.curves}
            for one in held.losses
        },
        "findings": report.findings,
        "machine": report.about.machine,
        "versions": report.about.versions,
        "seconds": held.seconds,
    }


def _loss(held: Experiment, one: Finished) -> SpinLoss:
    gap = measure([run.gap for run in one.runs])
    per_epoch = held.plan.common.steps(held.plan.instances) // held.plan.common.epochs
    courses = np.array([[point["gap"] for point in curve] for curve in one.curves]).mean(axis=0)
    steps = tuple(per_epoch * (epoch + 1) for epoch in range(len(courses)))
    curve = Curve(steps, tuple(float(it) for it in courses))
    return SpinLoss(one.entry.label, gap.mean, gap.error, gap.seeds, curve)


def _row(held: Experiment, number: int) -> SpinRow:
    exact = held.test.spins[number]
    drawings = [_drawing(held, f"exact\n{held.test.energies[number]:.1f}", exact, exact)]
    for one in held.losses:
        gap = one.runs[0].gap[number]
        title = f"{one.entry.label}\n+{gap:.1f}"
        drawings.append(_drawing(held, title, one.spins[0][number], exact))
    return SpinRow(f"Spin glass {number + 1}", tuple(drawings))


def _drawing(
    held: Experiment, title: str, spins: NDArray[np.int8], exact: NDArray[np.int8]
) -> SpinDrawing:
    """The spins, turned as a whole where that brings them nearer to the exact ones."""
    turned = -spins if (spins == exact).mean() < 0.5 else spins
    shape = (held.test.lattice.rows, held.test.lattice.columns)
    return SpinDrawing(
        title,
        _rows(turned.reshape(shape).tolist()),
        _rows((turned != exact).reshape(shape).tolist()),
    )


def _rows(nested: Sequence[Sequence[Any]]) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(row) for row in nested)


def _subject(held: Experiment) -> dict[str, str]:
    plan, common = held.plan, held.plan.common
    return {
        "lattice": str(held.test.lattice),
        "couplings": {"uniform": "uniform in [-1, 1]", "binary": "-1 or +1"}[plan.couplings],
        "train / test": f"{plan.instances} / {plan.test}",
        "mean ground-state energy": f"{held.test.energies.mean():.2f}",
        "network": f"{common.blocks} residual blocks, {common.channels} channels",
        "training": f"{common.epochs} epochs, batch {common.batch_size}, "
        f"Adam {common.learning_rate:g}",
        "seeds": ", ".join(map(str, plan.seeds)),
    }
