"""The optimizer of EDM."""

from collections.abc import Iterable

import torch
from torch import nn

WEIGHT_DECAY = 1e-12  # EDM (fce07d7), qm9/models.py


def adamw(parameters: Iterable[nn.Parameter], learning_rate: float) -> torch.optim.AdamW:
    """AdamW with the largest second moment seen (amsgrad)."""
    return torch.optim.AdamW(parameters, lr=learning_rate, amsgrad=True, weight_decay=WEIGHT_DECAY)
