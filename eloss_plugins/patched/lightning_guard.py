"""A callback for Lightning that leaves out optimizer steps whose gradient is not finite.

Lightning comes as `lightning.pytorch` and as `pytorch_lightning`, of which the host has imported
one. Its `Callback` is subclassed when a callback is made; importing this module needs neither.
"""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor

from eloss_plugins.errors import EnvironmentProblem
from eloss_plugins.patched.ending import one_sentence, say
from eloss_plugins.patched.guard import BAD_GRADIENT, StepGuard, finite_gradients

HOMES = ("lightning.pytorch", "pytorch_lightning")


def step_guard(guard: StepGuard | None = None) -> Any:
    """A callback for `Trainer(callbacks=[step_guard()])`, or for a configuration to name.

    A step whose gradient is not finite changes neither weights nor the optimizer's state, and the
    module's own `on_before_optimizer_step` is not called for it. With a gradient scaler nothing
    is done: infinite gradients are how it finds its scale, and it leaves out their steps itself.

    Args:
        guard: counts the steps that were left out; a new one if None.

    Raises:
        EnvironmentProblem: no Lightning is installed.
    """
    base = importlib.import_module(_home()).Callback
    return type("StepGuardCallback", (_Watch, base), {})(guard or StepGuard())


class _Watch:
    """What the callback does, whatever its base.

    Args:
        guard: counts the steps that were left out.
    """

    def __init__(self, guard: StepGuard) -> None:
        super().__init__()
        self.guard = guard

    def __reduce__(self) -> Any:
        """Processes that are spawned make the class anew."""
        return step_guard, (self.guard,)

    def on_before_optimizer_step(
        self, trainer: Any, pl_module: Any, optimizer: Any, *_: object
    ) -> None:
        """Called after backward and the reduction over ranks, before clipping."""
        if getattr(trainer.precision_plugin, "scaler", None) is not None:
            return
        weights = [weight for group in optimizer.param_groups for weight in group["params"]]
        fault = _fault_anywhere(trainer, pl_module, weights)
        with one_sentence(aloud=trainer.is_global_zero):
            self.guard.count(fault)
        if fault is None:
            return
        for weight in weights:
            weight.grad = None  # zeros would still move momenta and, by them, the weights
        _pass_over(pl_module)
        if trainer.is_global_zero:
            say(f"left out a step with a {fault}; {self.guard.in_all} so far")


def _fault_anywhere(trainer: Any, module: Any, weights: list[Tensor]) -> str | None:
    """What is wrong with a gradient, the same on all ranks, of which each may have a shard."""
    bad = torch.tensor(float(not finite_gradients(weights)), device=module.device)
    return BAD_GRADIENT if bool(trainer.strategy.reduce(bad, reduce_op="sum")) else None


def _pass_over(module: Any) -> None:
    """Let Lightning's next call of the module's own hook do nothing.

    It follows at once, and hosts look at gradients there that are no longer there.
    """
    name = "on_before_optimizer_step"
    setattr(module, name, lambda *_, **__: delattr(module, name))


def _home() -> str:
    """The Lightning that is imported, or else the one that is installed."""
    for home in (*filter(sys.modules.__contains__, HOMES), *HOMES):
        if home in sys.modules or find_spec(home.partition(".")[0]) is not None:
            return home
    raise EnvironmentProblem(
        "the guard of Lightning trainers needs `lightning` or `pytorch_lightning`; neither is"
        " installed"
    )
