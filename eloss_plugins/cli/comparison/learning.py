"""Learning curves: molecules from the checkpoints along the way, judged as those of the end are."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eloss_plugins.errors import UsageError
from eloss_plugins.trainers.run_folder import CURVE

if TYPE_CHECKING:
    from eloss_plugins.metrics.evaluation import Evaluation

CHECKPOINTS_EVERY, CHECKPOINTS_KEPT = 500, 3  # what a run does that is told nothing


def points(steps: int | None, every: int | None, kept: int | None) -> tuple[int, ...]:
    """The steps before the last one that leave a checkpoint.

    Raises:
        UsageError: the length is not known, or too few checkpoints are kept.
    """
    if steps is None:
        raise UsageError("--curve-samples needs --steps, to know which checkpoints there will be")
    found = tuple(range(every or CHECKPOINTS_EVERY, steps, every or CHECKPOINTS_EVERY))
    kept = kept or CHECKPOINTS_KEPT
    if len(found) >= kept:
        raise UsageError(
            f"--curve-samples judges each checkpoint; {len(found) + 1} will be made and {kept} "
            f"kept. Add --keep-last {len(found) + 1}, or make fewer with --checkpoint-every"
        )
    return found


def checkpoint(folder: Path, step: int) -> Path:
    """The file that a run leaves at `step`."""
    return folder / "checkpoints" / f"step-{step:08d}.pt"


def molecules(folder: Path, step: int) -> Path:
    """Where the molecules of `step` go."""
    return folder / CURVE / f"step-{step:08d}.sdf"


def record(folder: Path, step: int) -> Path:
    """Where their evaluation goes."""
    return molecules(folder, step).with_suffix(".json")


def evaluations(folder: Path, steps: Sequence[int]) -> "dict[int, Evaluation]":
    """What was found at each of `steps`; those without a readable record are left out."""
    from eloss_plugins.metrics.evaluation import Evaluation

    found = {}
    for step in steps:
        try:
            read = json.loads(record(folder, step).read_text("utf-8"))
            found[step] = Evaluation.from_json(read)
        except (OSError, ValueError, UsageError):
            continue
    return found
