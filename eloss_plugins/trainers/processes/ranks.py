"""The processes of one run: what they tell each other, and nothing at all when there is one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
import torch.distributed as dist

from eloss_plugins.errors import ElossError, Refused

T = TypeVar("T")


@dataclass(frozen=True)
class Ranks:
    """This process among the run's processes.

    Attributes:
        rank: number of this process.
        world: how many there are.
        device: where tensors for collective calls live.
    """

    rank: int
    world: int
    device: torch.device

    @property
    def is_main(self) -> bool:
        """True in the one process that writes files."""
        return self.rank == 0

    def total(self, values: Sequence[float]) -> list[float]:
        """The sum of each value over all ranks, the same on each rank."""
        return self._reduced(values, dist.ReduceOp.SUM)

    def largest(self, value: int) -> int:
        """The largest value of any rank, the same on each rank."""
        return int(self._reduced([value], dist.ReduceOp.MAX)[0])

    def gather(self, value: T) -> list[T]:
        """Every rank's value, in order of rank, on each rank; values are pickled."""
        if self.world == 1:
            return [value]
        gathered: list[T] = [value] * self.world
        dist.all_gather_object(gathered, value)
        return gathered

    def on_main(self, function: Callable[[], T]) -> T:
        """Call `function` on rank 0 alone; every rank gets its result or raises its exception."""
        if self.world == 1:
            return function()
        outcome: list[tuple[T | None, Exception | None]] = [(None, None)]
        if self.is_main:
            outcome = [_attempt(function)]
        dist.broadcast_object_list(outcome, src=0)
        result, problem = outcome[0]
        if problem is not None:
            raise as_shared(problem)
        return result  # type: ignore[return-value]  # None only if T allows it

    def first_on_main(self, function: Callable[[], T]) -> T:
        """Call `function` on rank 0, then on the others, who may find what rank 0 has left.

        Where it fails on one rank, every rank raises.
        """
        if self.world == 1:
            return function()
        made = self.agree(function if self.is_main else _nothing)
        others = self.agree(_nothing if self.is_main else function)
        return made if self.is_main else others  # type: ignore[return-value]  # of `function`

    def agree(self, function: Callable[[], T]) -> T:
        """Call `function` on every rank; if it fails on one, every rank raises.

        The rank that failed raises what it met; the others raise the same if the error is one of
        our own, and otherwise a `Refused` that names the rank. Nobody waits for a rank that left.
        """
        if self.world == 1:
            return function()
        result, problem = _attempt(function)
        if not self.largest(int(problem is not None)):
            return result  # type: ignore[return-value]  # None only if T allows it
        told = self.gather(_portable(problem, self.rank))
        raise as_shared(problem or next(other for other in told if other is not None))

    def _reduced(self, values: Sequence[float], operation: dist.ReduceOp.RedOpType) -> list[float]:
        if self.world == 1:
            return list(values)
        tensor = torch.tensor(values, dtype=torch.float64, device=self.device)
        dist.all_reduce(tensor, op=operation)
        summed: list[float] = tensor.tolist()
        return summed


def as_shared(problem: Exception) -> Exception:
    """`problem`, marked as one that every rank raises: the first process tells it for all."""
    if isinstance(problem, ElossError):
        problem.is_shared = True
    return problem


def _nothing() -> None:
    """In place of what another rank does."""


def _portable(problem: Exception | None, rank: int) -> ElossError | None:
    """`problem` as something that every rank can unpickle."""
    if problem is None or isinstance(problem, ElossError):
        return problem and type(problem)(str(problem))
    return Refused(f"rank {rank} failed: {type(problem).__name__}: {problem}")


def _attempt(function: Callable[[], T]) -> tuple[T | None, Exception | None]:
    try:
        return function(), None
    except Exception as problem:  # raised again by `on_main`, on every rank
        return None, problem
