"""From settings to Lightning Fabric: devices, processes, precision."""

import warnings

import torch
from lightning_fabric import Fabric

from eloss_plugins.errors import EnvironmentProblem, UsageError
from eloss_plugins.trainers.config import TrainConfig
from eloss_plugins.trainers.ranks import Ranks


def resolve_accelerator(name: str) -> str:
    """`auto` is a GPU if there is one, else the CPU.

    Raises:
        EnvironmentProblem: the accelerator is not there.
    """
    available = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    kind = {"auto": "cuda" if available["cuda"] else "cpu", "gpu": "cuda"}.get(name, name)
    if not available[kind]:
        raise EnvironmentProblem(
            f"accelerator {name} was asked for and torch finds none; take --accelerator cpu, or "
            "install a torch that knows the device"
        )
    return kind


def launch(config: TrainConfig) -> Fabric:
    """Fabric with its processes started; `config.accelerator` must be resolved."""
    if config.precision == "16-mixed" and config.accelerator == "cpu":
        raise UsageError("`precision` 16-mixed needs a GPU; take bf16-mixed on a CPU")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="lightning_fabric")
        fabric = Fabric(
            accelerator=config.accelerator,
            devices=config.devices,
            precision=config.precision,  # type: ignore[arg-type]  # checked by TrainConfig
        )
        fabric.launch()
    return fabric


def ranks_of(fabric: Fabric) -> Ranks:
    """This process among Fabric's."""
    return Ranks(fabric.global_rank, fabric.world_size, fabric.device)
