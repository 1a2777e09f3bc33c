"""Reading a run back: the averaged weights, ready to sample and evaluate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from eloss_plugins.data.nodes import NodeDistribution
from eloss_plugins.errors import Refused, UsageError
from eloss_plugins.trainers import checkpoint, rng
from eloss_plugins.trainers.config import Setting, TrainConfig
from eloss_plugins.trainers.generator import Generator
from eloss_plugins.trainers.parts import find_trainer, sampling_config
from eloss_plugins.trainers.run_folder import RunFolder
from eloss_plugins.trainers.spec import TrainerSpec


@dataclass(frozen=True)
class LoadedRun:
    """A trained run.

    Attributes:
        path: the run's folder, or the checkpoint file.
        config: what it was trained with.
        model: the moving average of the weights, in evaluation mode, on the CPU.
        elements: atomic numbers in the order of the model's types.
        nodes: distribution of the number of atoms in the training set.
        step: optimizer steps done.
        remarks: newer checkpoints that were passed over, and why.
        sampling: how the model makes molecules, by field of its config; empty for a trainer that
            leaves no choice.
    """

    path: Path
    config: TrainConfig
    model: Generator
    elements: tuple[int, ...]
    nodes: NodeDistribution
    step: int
    remarks: tuple[str, ...] = ()
    sampling: Mapping[str, Any] = field(default_factory=dict)


def load_run(
    path: str | Path,
    *,
    spec: TrainerSpec | None = None,
    sampling: Mapping[str, Setting] | None = None,
) -> LoadedRun:
    """The newest whole checkpoint of the run in `path`, or the checkpoint file `path`.

    The loss that the run was trained with need not be installed.

    Args:
        path: a run's folder or a checkpoint file.
        spec: the trainer, if it is not the registered one of the run's name.
        sampling: values of fields of `TrainerSpec.sampling`, in place of the run's own.

    Raises:
        UsageError: there is no run; a name or value in `sampling` that the trainer has not.
        Refused: no checkpoint can be used.
    """
    found = checkpoint_of(Path(path))
    state = found.state
    config = TrainConfig.from_json(state["identity"]["config"])
    spec = find_trainer(config.trainer) if spec is None else spec
    elements = tuple(state["elements"])
    sizes = sampling_config(spec, config.model, sampling or {})
    with rng.isolated(torch.device("cpu")):  # first weights are drawn, and then replaced
        model = spec.build(sizes, elements)
    try:
        model.load_state_dict(state["ema"])
    except RuntimeError as problem:
        raise Refused(
            f"{found.path} does not fit the trainer {config.trainer} of this version: "
            f"{' '.join(str(problem).split())[:300]}"
        ) from problem
    nodes = {name: torch.tensor(values) for name, values in state["nodes"].items()}
    return LoadedRun(
        path=Path(path),
        config=config,
        model=model.eval(),
        elements=elements,
        nodes=NodeDistribution.from_state_dict(nodes),
        step=state["step"],
        remarks=found.remarks,
        sampling={name: getattr(sizes, name) for name in sorted(spec.sampling)},
    )


def checkpoint_of(path: Path) -> checkpoint.Found:
    """The newest whole checkpoint of the run in `path`, or the checkpoint file `path`.

    Raises:
        UsageError: there is no run.
        Refused: no checkpoint can be used.
    """
    if path.is_file():
        try:
            return checkpoint.Found(checkpoint.load(path), path, ())
        except checkpoint.Unusable as problem:
            raise Refused(f"{path} is no checkpoint of a run: {problem}") from problem
    found = checkpoint.load_newest(RunFolder(path).checkpoints)
    if found is None:
        raise UsageError(f"expected the folder of a run with a checkpoint; {path} has none")
    return found
