"""The sizes of a run that another one starts from."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from eloss_plugins.errors import Refused, UsageError
from eloss_plugins.trainers.config import Setting, TrainConfig
from eloss_plugins.trainers.parts import PRESET, find_trainer, model_config
from eloss_plugins.trainers.run import checkpoint_of
from eloss_plugins.trainers.sizes import as_settings
from eloss_plugins.trainers.spec import TrainerSpec


def model_of_start(config: TrainConfig, spec: TrainerSpec) -> Mapping[str, Setting]:
    """The model settings of `config`, and those of the run that it starts from where it has none.

    A configuration that says all of them, as a resumed run's does, needs no run to start from.

    Raises:
        UsageError: there is no such run, or a preset is asked for beside it.
        Refused: it has another kind of model.
    """
    names = {field.name for field in fields(spec.config)}
    if config.start_from is None or names <= set(config.model):
        return config.model
    saved = checkpoint_of(Path(config.start_from)).state["identity"]["config"]
    start = TrainConfig.from_json(saved)
    theirs = find_trainer(start.trainer)
    if theirs.make != spec.make:
        raise Refused(
            f"{config.start_from} is a run of {start.trainer}, whose weights do not fit "
            f"{config.trainer}; start from a run with the same network"
        )
    if PRESET in config.model:
        raise UsageError(
            f"the sizes are those of {config.start_from}; leave out the model preset "
            f"{config.model[PRESET]}"
        )
    return {**as_settings(model_config(theirs, start.model)), **config.model}
