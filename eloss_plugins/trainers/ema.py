"""The exponential moving average of the weights."""

import copy
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

Module = TypeVar("Module", bound=nn.Module)


class Ema(Generic[Module]):
    """A copy of a module whose parameters trail the original's.

    average <- decay * average + (1 - decay) * parameter, after each optimizer step; buffers are
    copied as they are. At decay 0 the average is the original.

    Args:
        module: the module in training; its memory is not shared.
        decay: in [0, 1).
    """

    def __init__(self, module: Module, decay: float) -> None:
        self.decay = decay
        self.module = copy.deepcopy(module).eval().requires_grad_(False)

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        """Take one step towards `module`."""
        averages: list[Tensor] = list(self.module.parameters())
        latest: list[Tensor] = list(module.parameters())
        # two roundings, as in upstream's decay * old + (1 - decay) * new; `add_(alpha=)` has one
        share: list[Tensor] = list(torch._foreach_mul(latest, 1 - self.decay))
        torch._foreach_mul_(averages, self.decay)
        torch._foreach_add_(averages, share)
        for average, new in zip(self.module.buffers(), module.buffers(), strict=True):
            average.copy_(new)
