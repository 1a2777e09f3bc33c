"""What can be set about a search, beside what all its trials have in common."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from eloss_plugins.cli import train_settings, values
from eloss_plugins.cli.settings import NOT_SET, Origin, Setting, as_text
from eloss_plugins.cli.sweeping import space
from eloss_plugins.cli.train_settings import LOSS, RATE, RECIPE, SHARED, TRAINER

if TYPE_CHECKING:
    from eloss_plugins.cli.sweeping.plan import SweepPlan

SEARCH, SAMPLING, MACHINES = "search", "sampling", "processes and machines"
PRUNERS = ("median", "hyperband", "none")

OWN = (
    TRAINER,
    RECIPE,
    *LOSS,
    Setting(
        "search",
        space.parse,
        "NAME=LOW..HIGH[,log] or NAME=A|B|...: what differs between trials; may be given often "
        "(default: learning rate and weight around the tuned ones)",
        "NAME=VALUES",
        SEARCH,
        "entries",
    ),
    Setting("trials", values.count, "how many, in all sittings together (20)", "N", SEARCH),
    Setting(
        "objective",
        values.word,
        "stability, molecule_stability, validity, nll, bond_lengths, ... (stability)",
        "NAME",
        SEARCH,
    ),
    Setting(
        "pruner", values.one_of(*PRUNERS), "median, hyperband or none (median)", "NAME", SEARCH
    ),
    Setting("seed", values.seed, "of all runs and of the search (999983)", "N", SEARCH),
    Setting("timeout", values.time_span, "90, 30m, 2h: save and stop then", "TIME", SEARCH),
    Setting("out", values.path, "(default: runs/sweep-MODEL-LOSS)", "DIR", SEARCH),
    Setting("samples", values.count, "molecules from each run (200)", "N", SAMPLING),
    Setting("sample_steps", values.count, "from noise to molecules", "N", SAMPLING),
    Setting("sample_batch", values.count, "made together (100)", "N", SAMPLING),
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
        "from each checkpoint, to prune by them and not by validations (0, none)",
        "N",
        SAMPLING,
    ),
    Setting(
        "jobs", values.count, "trials at a time here (one a core; one on a GPU)", "N", MACHINES
    ),
    Setting(
        "storage",
        values.word,
        "Optuna storage that several processes share (default: DIR/sweep.db)",
        "URL",
        MACHINES,
    ),
    Setting(
        "study", values.word, "its name in the storage (default: MODEL-LOSS)", "NAME", MACHINES
    ),
)
SWEEP = (*OWN, *RATE, *SHARED)
DEFAULTS = {
    "loss_plugin": "none",
    "loss_options": "",
    "trials": 20,
    "objective": "stability",
    "pruner": "median",
    "seed": 999_983,  # that of `compare --sweep`: seeds that will be compared have chosen nothing
    "timeout": None,
    "samples": 200,
    "sample_steps": None,
    "sample_batch": 100,
    "sample_options": None,
    "curve_samples": 0,
    "jobs": None,
    "storage": None,
}


def defaults(model: str, loss: str) -> dict[str, object]:
    """What is not given, for a trainer and a loss."""
    name = f"{model}-{loss}"
    return {**DEFAULTS, "study": name, "out": Path("runs") / f"sweep-{name}"}


def with_defaults(found: Mapping[str, Origin], plan: "SweepPlan") -> dict[str, Origin]:
    """Every setting with its origin, what the trainer makes of the shared ones included.

    What is searched has no value of its own, and a learning rate that is not given is each law's.

    Raises:
        UsageError: an unknown trainer, or values that no run can have.
    """
    own = {key: Origin(value, "default") for key, value in plan.common.settings.items()}
    keys = (TRAINER, *LOSS, *RATE, *SHARED)
    shared = {s.key: (own | dict(found))[s.key] for s in keys if s.key in own | dict(found)}
    complete = {**train_settings.with_defaults(shared), **found}
    source = found["search"].source if "search" in found else "default"
    complete["search"] = Origin(as_text(dict(plan.space)), source)
    if plan.learning_rate is None:
        complete["learning_rate"] = NOT_SET
    unset = dict.fromkeys(plan.space, NOT_SET)
    return {setting.key: (complete | unset)[setting.key] for setting in SWEEP}
