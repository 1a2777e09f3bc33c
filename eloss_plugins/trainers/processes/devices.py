"""From settings to Lightning Fabric: devices, processes, precision."""

import gc
import logging
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import torch
import torch.distributed as dist
from lightning_fabric import Fabric

from eloss_plugins.cores import cores
from eloss_plugins.errors import EnvironmentProblem, Refused, UsageError
from eloss_plugins.trainers.config import TrainConfig
from eloss_plugins.trainers.processes import company, surroundings
from eloss_plugins.trainers.processes.placed import Placed, SideBySide
from eloss_plugins.trainers.processes.ranks import Ranks

if TYPE_CHECKING:
    from torch._C._distributed_c10d import Store

KNOWN_AFTER_SECONDS = 3.0  # until the end of a process can be seen by the one that started it
_SIGNS = ("gloo", "onnection closed by peer", "onnection reset by peer", "Broken pipe")


_COUNTS: Mapping[str, Callable[[], int]] = {
    "cuda": lambda: int(torch.cuda.device_count()),
    "mps": lambda: 1,
}
"""How many devices a machine has; processes on a CPU may be any number."""


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
    """Fabric with its processes started; accelerator and devices of `config` must be resolved.

    A process group that was there before stays, one that was made here is taken down: gloo aborts
    a process that ends without that. Whatever holds Fabric's modules has to be gone by then.

    Raises:
        EnvironmentProblem: another process of the run has ended, or the devices are not there.
    """
    is_guest = _has_group()
    with _others(config, is_guest) as own:
        threads = torch.get_num_threads()
        try:
            fabric = _launch(config)
            yield fabric
            fabric.barrier()
        except Refused as problem:  # every rank refuses alike
            _let_go(problem)
            with suppress(RuntimeError):
                fabric.barrier()
            raise
        except BaseException as problem:
            _let_go(problem)
            if _is_loss_of_another(problem):
                raise EnvironmentProblem(_who_is_lost(own)) from problem
            raise
        finally:
            torch.set_num_threads(threads)
            if _has_group() and not is_guest:
                gc.collect()
                dist.destroy_process_group()


@contextmanager
def _others(config: TrainConfig, is_guest: bool) -> Iterator[company.Company | None]:
    """The other processes, started and met where that is for this program to do."""
    around = surroundings.found()
    if around is not None and around.has_watchful_parent:
        company.end_with_parent()
    if around is not None and around.starter == surroundings.OWN and not is_guest:
        _meet(config, company.join(around), around.rank, around.world)
    if around is not None or config.devices == 1 or is_guest:
        yield None
        return
    own = company.company(config.devices or 1)
    try:
        _meet(config, own.meet(), 0, own.world)
        yield own
    except (Refused, UsageError):  # of every rank
        own.rise()
        raise
    except BaseException:
        own.dismiss()
        raise
    own.rise()


def _meet(config: TrainConfig, store: "Store", rank: int, world: int) -> None:
    backend = dist.Backend.default_device_backend_map[config.accelerator]
    dist.init_process_group(
        backend, store=store, rank=rank, world_size=world, timeout=company.PATIENCE
    )


def _is_loss_of_another(problem: BaseException) -> bool:
    """Whether a collective call failed because another process is not there any more."""
    if isinstance(problem, dist.DistError):
        return True
    return isinstance(problem, RuntimeError) and any(sign in str(problem) for sign in _SIGNS)


def _who_is_lost(own: company.Company | None) -> str:
    end = time.monotonic() + KNOWN_AFTER_SECONDS
    while own is not None and not own.loss() and time.monotonic() < end:
        time.sleep(company.LOOK_SECONDS)
    told = own.loss() if own is not None else ""
    return told or f"another process of the run has ended. {company.ADVICE}"


def _has_group() -> bool:
    return dist.is_available() and dist.is_initialized()


def _launch(config: TrainConfig) -> Fabric:
    if config.precision == "16-mixed" and config.accelerator == "cpu":
        raise UsageError("`precision` 16-mixed needs a GPU; take bf16-mixed on a CPU")
    around = surroundings.found() or _plain(config.devices or 1)
    check_there(config.accelerator, around.local_world)
    with warnings.catch_warnings(), _without_chatter():
        warnings.filterwarnings("ignore", category=UserWarning, module="lightning_fabric")
        fabric = Fabric(
            accelerator=config.accelerator,
            devices=around.local_world,
            num_nodes=around.machines,
            strategy=SideBySide(timeout=company.PATIENCE) if around.world > 1 else "auto",
            precision=config.precision,  # type: ignore[arg-type]  # checked by TrainConfig
            plugins=[Placed(around)],
        )
        fabric.launch()
    if around.local_world > 1:
        share = max(1, cores() // around.local_world)
        torch.set_num_threads(min(torch.get_num_threads(), share))
    return fabric


def _plain(world: int) -> surroundings.Surroundings:
    """The first of so many processes on this machine."""
    return surroundings.Surroundings(0, world, 0, world, surroundings.OWN)


def check_there(accelerator: str, count: int) -> None:
    """Whether a machine has as many devices as processes would use.

    Raises:
        EnvironmentProblem: it has fewer.
    """
    has = _COUNTS[accelerator]() if accelerator in _COUNTS else count
    if has < count:
        raise EnvironmentProblem(
            f"expected {count} {accelerator} devices on this machine; torch finds {has}. Take "
            "fewer --devices"
        )


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
