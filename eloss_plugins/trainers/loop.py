"""`train`: from a configuration to a trained run."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import torch
from lightning_fabric import Fabric

from eloss_plugins.errors import EnvironmentProblem
from eloss_plugins.progress import is_quiet, progress, quiet
from eloss_plugins.trainers import devices, rng, surroundings
from eloss_plugins.trainers.bonding import bonded
from eloss_plugins.trainers.config import TrainConfig
from eloss_plugins.trainers.one_voice import one_voice
from eloss_plugins.trainers.opening import Opened, Start, claimed, open_run
from eloss_plugins.trainers.parts import Parts, model_config, resolve_parts
from eloss_plugins.trainers.result import RunResult
from eloss_plugins.trainers.run_folder import RunFolder
from eloss_plugins.trainers.session import Session, assemble, resolved
from eloss_plugins.trainers.signals import StopRequest, stop_on_signals
from eloss_plugins.trainers.sitting import Sitting


def train(
    config: TrainConfig,
    *,
    resume: bool = False,
    overwrite: bool = False,
    allow_change: bool = False,
    parts: Parts | None = None,
) -> RunResult:
    """Train as `config` says, and leave the run in its folder.

    The global random number generators and the signal handlers are afterwards as they were.

    Args:
        config: the settings.
        resume: go on with the run in the folder; from its beginning if it has no checkpoint yet.
        overwrite: remove a run that is in the folder.
        allow_change: go on although the run was made with other settings.
        parts: what the names in `config` would be resolved to.

    Returns:
        Where the run stands; `exit_code` is not 0 after a signal.

    Raises:
        UsageError: settings that cannot be met.
        Refused: the folder holds a run and neither flag was given; settings changed; three
            batches in a row with a non-finite molecule (a checkpoint was saved).
        EnvironmentProblem: no device, no memory, another run in the folder, no last checkpoint.
    """
    config = replace(
        config,
        accelerator=devices.resolve_accelerator(config.accelerator),
        devices=surroundings.resolve_devices(config.devices),
    )
    parts = resolve_parts(config) if parts is None else parts
    config = resolved(config, parts)
    start = Start(RunFolder(Path(config.out)), resume, overwrite, allow_change)
    with devices.launched(config) as fabric:
        return _train(config, parts, fabric, start)


def _train(config: TrainConfig, parts: Parts, fabric: Fabric, start: Start) -> RunResult:
    ranks = devices.ranks_of(fabric)
    with ExitStack() as stack:
        stack.enter_context(one_voice(ranks))
        ranks.on_main(lambda: stack.enter_context(claimed(start)))
        stack.enter_context(rng.isolated(ranks.device))
        stack.enter_context(_memory_explained(config))
        aromatic = parts.spec.aromatic_bonds(model_config(parts.spec, config.model))
        parts, remarks = bonded(parts, ranks, aromatic=aromatic)
        request = stack.enter_context(stop_on_signals())
        session = assemble(config, parts, fabric, ranks)
        opened = open_run(session, start)
        opened = replace(opened, remarks=(*remarks, *opened.remarks))
        return _sit(session, start.folder, request, opened)


def _sit(session: Session, folder: RunFolder, request: StopRequest, opened: Opened) -> RunResult:
    config, done = session.config, session.state.step
    label = f"{config.trainer} {config.loss} seed {config.seed}"
    with (
        quiet(is_quiet() or not session.ranks.is_main),
        progress(label, session.total_steps, start=done) as task,
    ):
        sitting = Sitting(session, folder, request, task)
        for remark in opened.remarks:
            sitting.note(remark)
        return sitting.run(saved=done if opened.checkpoint else -1)


@contextmanager
def _memory_explained(config: TrainConfig) -> Iterator[None]:
    try:
        yield
    except torch.OutOfMemoryError as problem:
        raise EnvironmentProblem(
            f"the device has no memory for a batch of {config.batch_size} molecules on "
            f"{config.devices} device(s); lower batch_size. The last checkpoint is kept"
        ) from problem
