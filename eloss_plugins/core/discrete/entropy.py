"""Entropies of independent variables, finite and differentiable at any logit, infinite ones too."""

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

SATURATED = 1000.0
"""A logit beyond which a probability is 0 in float64 (exp(-745) is): value and gradient of an
entropy are then 0, and the logit may as well be this one."""


def spin_entropy(logits: Tensor) -> Tensor:
    """Entropy of a spin that is +1 with probability sigmoid(logit), in nats, shaped like `logits`.

    Log 2 at logit 0; 0, with gradient 0, at logits of either sign that are large or infinite. Both
    terms p * (-log p) come from the logit and are positive, so an entropy of 1e-300 has its digits.
    """
    logits = logits.clamp(-SATURATED, SATURATED)
    surprise_up, surprise_down = -logsigmoid(logits), -logsigmoid(-logits)
    return logits.sigmoid() * surprise_up + (-logits).sigmoid() * surprise_down


def state_entropy(log_probabilities: Tensor) -> Tensor:
    """Entropy of a variable of several states, in nats, `(...)` of `(..., states)`.

    A state of probability 0, log-probability -inf, adds 0 with gradient 0.
    """
    bounded = log_probabilities.clamp(min=-SATURATED)
    return -(bounded.exp() * bounded).sum(-1)


def log_softmax(logits: Tensor) -> Tensor:
    """`(..., states)` log-probabilities; a logit of +inf has all probability, -inf none."""
    largest = torch.finfo(logits.dtype).max / 4
    return torch.log_softmax(logits.clamp(max=largest), -1)
