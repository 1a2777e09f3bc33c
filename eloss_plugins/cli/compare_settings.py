"""What can be set about a comparison, beside what all its runs have in common."""

from collections.abc import Mapping
from pathlib import Path

from eloss_plugins.cli import train_settings, values
from eloss_plugins.cli.settings import NOT_SET, Origin, Setting
from eloss_plugins.cli.train_settings import RECIPE, SHARED, TRAINER

CONTEST, SAMPLING, SWEEP = "comparison", "sampling", "sweep, the same for every loss"
RATES = values.list_of(values.positive)

OWN = (
    TRAINER,
    RECIPE,
    Setting(
        "losses",
        values.list_of(values.word),
        "names of losses, or NAME/option=value/...",
        "A,B,...",
        CONTEST,
    ),
    Setting(
        "seeds",
        values.list_of(values.seed),
        "of the runs of each loss (default: 0,1,2)",
        "N,...",
        CONTEST,
    ),
    Setting(
        "learning_rates",
        values.pairs_of(values.positive, split=str.rpartition),
        "instead of each loss's tuned rate",
        "LOSS=X,...",
        CONTEST,
    ),
    Setting("samples", values.count, "molecules from each run (default: 500)", "N", CONTEST),
    Setting("jobs", values.count, "runs at a time (default: a core a device)", "N", CONTEST),
    Setting("out", values.path, "(default: runs/compare-MODEL)", "DIR", CONTEST),
    Setting("sample_steps", values.count, "from noise to molecules", "N", SAMPLING),
    Setting("sample_batch", values.count, "made together (default: 100)", "N", SAMPLING),
    Setting(
        "sample_options",
        values.pairs_of(str),
        "how the model samples, in place of its settings",
        "K=V,...",
        SAMPLING,
    ),
    Setting(
        "curve_samples",
        values.whole_number,
        "from each checkpoint, for learning curves (default: 0, none)",
        "N",
        SAMPLING,
    ),
    Setting("sweep", values.yes_or_no, "find rates and weights first", "", SWEEP, "switch"),
    Setting("sweep_rates", RATES, "default: 1e-4,3e-4,1e-3,3e-3", "X,...", SWEEP),
    Setting(
        "sweep_weights", RATES, "factors on the loss's own weight (default: 1)", "X,...", SWEEP
    ),
    Setting("sweep_steps", values.count, "default: a quarter of --steps", "N", SWEEP),
    Setting("sweep_samples", values.count, "default: 200", "N", SWEEP),
)
COMPARE = (*OWN, *SHARED)
DEFAULTS = {
    "seeds": (0, 1, 2),
    "learning_rates": {},
    "samples": 500,
    "jobs": None,
    "sample_steps": None,
    "sample_batch": 100,
    "sample_options": None,
    "curve_samples": 0,
    "sweep": False,
    "sweep_rates": (1e-4, 3e-4, 1e-3, 3e-3),
    "sweep_weights": (1.0,),
    "sweep_steps": None,
    "sweep_samples": 200,
}


def folder(model: str) -> Path:
    """Where a comparison goes that was given no place."""
    return Path("runs") / f"compare-{model}"


def with_defaults(found: Mapping[str, Origin]) -> dict[str, Origin]:
    """Every setting with its origin, what the trainer makes of the shared ones included.

    Raises:
        UsageError: an unknown trainer, or values that no run can have.
    """
    shared = {s.key: found[s.key] for s in (TRAINER, *SHARED) if s.key in found}
    complete = {**train_settings.with_defaults(shared), **found}
    complete.setdefault(RECIPE.key, NOT_SET)
    return {s.key: complete[s.key] for s in COMPARE}
