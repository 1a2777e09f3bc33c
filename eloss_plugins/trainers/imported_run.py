"""A run's folder around a model that was trained elsewhere."""

import json
from collections.abc import Mapping
from typing import Any

from eloss_plugins.atomic_write import atomic_write_text
from eloss_plugins.data.dataset import DataSet
from eloss_plugins.errors import Refused
from eloss_plugins.trainers import checkpoint, identity
from eloss_plugins.trainers.config import TrainConfig
from eloss_plugins.trainers.generator import Generator
from eloss_plugins.trainers.run_folder import RunFolder, locked

IMPORTED = "imported"  # key of a checkpoint that holds weights alone


def write_run(
    folder: RunFolder,
    config: TrainConfig,
    model: Generator,
    record: Mapping[str, Any],
    *,
    overwrite: bool = False,
) -> None:
    """Make the folder of a run with one checkpoint, which holds weights and no optimizer.

    Args:
        folder: of the run.
        config: trainer, sizes, data, steps.
        model: its weights are latest and average.
        record: what else the checkpoint says, `imported_record`.
        overwrite: replace a run that is there.

    Raises:
        Refused: the folder holds a run, and not `overwrite`.
        EnvironmentProblem: it cannot be written to.
    """
    with locked(folder):
        if folder.holds_run and not overwrite:
            raise Refused(
                f"{folder.path} already holds a run; pass --overwrite to replace it, or choose "
                "another folder with --out"
            )
        folder.forget_results()
        folder.clear()
        state = model.state_dict()
        steps = config.steps or 0
        checkpoint.save(folder.checkpoints, steps, {**record, "model": state, "ema": state})
        described = {**record, **record["identity"], "total_steps": steps}
        described.pop("identity")
        atomic_write_text(folder.config, json.dumps(described, indent=2) + "\n")


def imported_record(
    config: TrainConfig,
    data: DataSet,
    elements: tuple[int, ...],
    model: Generator,
    origin: Mapping[str, Any],
) -> dict[str, Any]:
    """What a run says of itself, as `session` has it, and where the weights come from.

    Args:
        config: of the run.
        data: whose training molecules give the sizes of new ones.
        elements: atomic numbers in the order of the model's types.
        model: for the number of its parameters.
        origin: where the weights come from; plain values.
    """
    nodes = data.nodes("train").state_dict()
    said = {
        "config": config.to_json(),
        "molecules": identity.fingerprint(data),
        "loss": {},
        "versions": identity.versions(),
    }
    return {
        "identity": identity.plain(said),
        "elements": list(elements),
        "nodes": {name: value.tolist() for name, value in nodes.items()},
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "world": 1,
        IMPORTED: identity.plain(origin),
    }


def check_trainable(found: checkpoint.Found) -> None:
    """Raise Refused for a checkpoint that holds weights alone."""
    if IMPORTED in found.state:
        raise Refused(
            f"{found.path} was imported and holds weights without an optimizer, so it cannot be "
            "resumed; train a new run with --start-from it"
        )
