"""From settings to Lightning Fabric: devices, processes, precision."""

import gc
import logging
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist
from lightning_fabric import Fabric

from eloss_plugins.errors import EnvironmentProblem, Refused, UsageError
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


@contextmanager
def launched(config: TrainConfig) -> Iterator[Fabric]:
    """Fabric with its processes started; `config.accelerator` must be resolved.

    A process group that was there before stays, one that Fabric made is taken down: gloo aborts a
    process that ends without that. Whatever holds Fabric's modules has to be gone by then.
    """
    is_guest = _has_group()
    fabric = _launch(config)
    try:
        yield fabric
        fabric.barrier()
    except Refused as problem:  # every rank refuses alike
        _let_go(problem)
        fabric.barrier()
        raise
    except BaseException as problem:
        _let_go(problem)
        raise
    finally:
        if _has_group() and not is_guest:
            gc.collect()
            dist.destroy_process_group()


def _has_group() -> bool:
    return dist.is_available() and dist.is_initialized()


def _launch(config: TrainConfig) -> Fabric:
    if config.precision == "16-mixed" and config.accelerator == "cpu":
        raise UsageError("`precision` 16-mixed needs a GPU; take bf16-mixed on a CPU")
    with warnings.catch_warnings(), _without_chatter():
        warnings.filterwarnings("ignore", category=UserWarning, module="lightning_fabric")
        fabric = Fabric(
            accelerator=config.accelerator,
            devices=config.devices,
            precision=config.precision,  # type: ignore[arg-type]  # checked by TrainConfig
        )
        fabric.launch()
    return fabric


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Without Lightning's five lines a process on how it starts, unless such lines are wanted."""
    logger = logging.getLogger("lightning_fabric")
    before = logger.level
    logger.setLevel(max(before, logging.root.level))
    try:
        yield
    finally:
        logger.setLevel(before)


def _let_go(problem: BaseException | None) -> None:
    """Empty the frames of a traceback.

    If DDP's reducer held the last reference to the process group, it would wait for gloo's thread
    with the interpreter lock in hand, and that thread may be waiting for the lock.
    """
    while problem is not None:
        traceback.clear_frames(problem.__traceback__)
        problem = problem.__cause__ or problem.__context__


def ranks_of(fabric: Fabric) -> Ranks:
    """This process among Fabric's."""
    return Ranks(fabric.global_rank, fabric.world_size, fabric.device)
