"""Everything that changes while a run trains, and its plain form in a checkpoint."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from eloss_plugins.errors import Refused
from eloss_plugins.trainers import means, rng
from eloss_plugins.trainers.batch_order import BatchOrder
from eloss_plugins.trainers.clipping import NormQueue
from eloss_plugins.trainers.ema import Ema
from eloss_plugins.trainers.generator import Generator
from eloss_plugins.trainers.means import Means
from eloss_plugins.trainers.processes.ranks import Ranks
from eloss_plugins.trainers.streak import Streak


@dataclass
class RunState:
    """What a training step reads and writes.

    Attributes:
        model: in training.
        ema: its moving average.
        optimizer: of its parameters.
        order: which molecules come next.
        queue: recent gradient norms.
        means: what the next line of the journal will say.
        streak: non-finite batches in a row.
        step: optimizer steps done.
        seconds: time spent training, over all sittings.
    """

    model: Generator
    ema: Ema[Generator]
    optimizer: torch.optim.Optimizer
    order: BatchOrder
    queue: NormQueue = field(default_factory=NormQueue)
    means: Means = field(default_factory=Means)
    streak: Streak = field(default_factory=Streak)
    step: int = 0
    seconds: float = 0.0


def to_checkpoint(state: RunState, ranks: Ranks) -> dict[str, Any]:
    """Tensors and plain containers that `from_checkpoint` takes; every rank has to call it."""
    own = {
        "rng": rng.capture(ranks.device),
        "means": state.means.state(),
        "loss": loss_state(state.model),
    }
    return {
        "model": state.model.state_dict(),
        "ema": state.ema.module.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        "order": {"epoch": state.order.epoch, "position": state.order.position},
        "queue": state.queue.state(),
        "streak": state.streak.state(),
        "seconds": state.seconds,
        "ranks": ranks.gather(own),
    }


def from_checkpoint(state: RunState, saved: Mapping[str, Any], ranks: Ranks) -> None:
    """Go on from `saved`. Random numbers come last: nothing before may draw from them.

    With another number of ranks than before, random numbers and what a loss keeps are left as
    they are, for the caller to begin anew.

    Raises:
        Refused: the weights are of another model.
    """
    learning_rates = [group["lr"] for group in state.optimizer.param_groups]
    try:
        state.model.load_state_dict(saved["model"])
        state.ema.module.load_state_dict(saved["ema"])
        state.optimizer.load_state_dict(saved["optimizer"])
    except (RuntimeError, ValueError) as problem:
        raise Refused(f"the checkpoint is of another model: {_first_lines(problem)}") from problem
    for group, rate in zip(state.optimizer.param_groups, learning_rates, strict=True):
        group["lr"] = rate  # the one asked for: the same unless the change was allowed
    state.order.epoch, state.order.position = saved["order"]["epoch"], saved["order"]["position"]
    state.queue = NormQueue(saved["queue"])
    state.streak = Streak(**saved["streak"])
    state.step, state.seconds = saved["step"], saved["seconds"]
    if len(saved["ranks"]) != ranks.world:
        state.means.load(means.together([other["means"] for other in saved["ranks"]], ranks))
    else:
        own = saved["ranks"][ranks.rank]
        state.means.load(own["means"])
        restore_loss(state.model, own.get("loss", {}))
        rng.restore(own["rng"], ranks.device)


def loss_state(model: Generator) -> dict[str, Any]:
    """What the position loss keeps between steps; empty where it keeps nothing."""
    found: dict[str, Any] = getattr(model.position_loss, "state_dict", dict)()
    return found


def restore_loss(model: Generator, saved: Mapping[str, Any]) -> None:
    """Put back what `loss_state` gave."""
    if saved:
        model.position_loss.load_state_dict(saved)  # type: ignore[union-attr]  # it gave them


def _first_lines(problem: Exception) -> str:
    """A long list of keys, shortened."""
    return " ".join(str(problem).split())[:300]
