"""A program that trains the runs that are handed to it."""

from dataclasses import asdict
from pathlib import Path

import torch

from eloss_plugins.atomic_write import atomic_write_text
from eloss_plugins.cli.output import to_json
from eloss_plugins.shapes import results
from eloss_plugins.shapes.losses import Contender
from eloss_plugins.shapes.polygon import Task
from eloss_plugins.shapes.training import Run, Training, train
from eloss_plugins.side_by_side import Report, work
from eloss_plugins.side_by_side import Task as Handed


def handed(run: Run, file: Path) -> Handed:
    """A run and the file for its result, as plain values."""
    return {"run": asdict(run), "file": str(file)}


def do(task: Handed, report: Report) -> None:
    """Train one run and write its result."""
    torch.set_num_threads(1)
    run = _run_of(**task["run"])
    atomic_write_text(Path(task["file"]), to_json(results.to_json(train(run))) + "\n")
    report(1, last=results.run_name(run))


def _run_of(contender: Handed, task: Handed, training: Handed, seed: int) -> Run:
    return Run(Contender(**contender), Task(**task), Training(**training), seed)


if __name__ == "__main__":
    work(do)
