"""The spin batch: all that a loss over spins needs."""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.core.checks import check_floating, check_same_shape
from eloss_plugins.core.discrete.couplings import Couplings
from eloss_plugins.core.discrete.couplings import field as field_of
from eloss_plugins.core.numerics import working_dtype


@dataclass(frozen=True)
class SpinBatch:
    """One step's logits, target configurations and couplings.

    The prediction is a distribution of independent spins: spin i is +1 with probability
    sigmoid(logit), and its mean is tanh(logit / 2).

    Attributes:
        logits: `(systems, sites)`; carries the gradient of the network.
        target: `(systems, sites)` spins, +1 or -1, of any type. No gradient flows through it.
        couplings: those of the systems, `(pairs,)` or `(systems, pairs)`. No gradient flows
            through them in the losses of this package.

    Raises:
        TypeError: logits that are not floating point.
        ValueError: shapes that do not fit each other, no site, a spin other than +1 and -1, or a
            coupling to a site that there is not. Numbers are not looked at while torch.compile
            traces.
    """

    logits: Tensor
    target: Tensor
    couplings: Couplings

    def __post_init__(self) -> None:
        check_logits(self.logits)
        check_same_shape("target", self.target, "logits", self.logits)
        _check_systems(self.couplings.values, self.logits)
        if not torch.compiler.is_compiling():
            check_spins(self.target)
            _check_sites(self.couplings.index, self.num_sites)

    @property
    def dtype(self) -> torch.dtype:
        """The type to compute and answer in: float32 for low types, float64 kept."""
        return working_dtype(self.logits)

    @property
    def num_sites(self) -> int:
        """Spins of a system."""
        return self.logits.shape[1]

    @property
    def clean_logits(self) -> Tensor:
        """`logits` in the working type."""
        return self.logits.to(self.dtype)

    @property
    def means(self) -> Tensor:
        """`(systems, sites)` means tanh(logit / 2) of the predicted spins, in -1 to 1."""
        return torch.tanh(self.clean_logits / 2)

    @property
    def clean_target(self) -> Tensor:
        """`target` in the working type, without gradient."""
        return self.target.detach().to(self.dtype)

    @property
    def coupling_values(self) -> Tensor:
        """`([systems,] pairs)` couplings in the working type, without gradient."""
        return self.couplings.values.detach().to(self.dtype)

    @property
    def target_field(self) -> Tensor:
        """`(systems, sites)` field h of the target on each site, without gradient."""
        return field_of(self.couplings.index, self.coupling_values, self.clean_target)


def check_logits(logits: Tensor) -> None:
    """Raise unless `logits` is floating `(systems, sites)` with a site at least."""
    check_floating("logits", logits)
    if logits.ndim != 2 or logits.shape[1] == 0:
        raise ValueError(
            "`logits` must have shape (systems, sites), one or more sites; "
            f"got {tuple(logits.shape)}. Flatten a lattice, for example logits.flatten(1)"
        )


def check_spins(spins: Tensor) -> None:
    """Raise ValueError unless every number of `spins` is +1 or -1."""
    if spins.dtype == torch.bool:
        raise ValueError("spins must be +1 or -1; got true and false. Use 2 * spins.long() - 1")
    wrong = (spins != 1) & (spins != -1)
    if wrong.any():
        raise ValueError(
            f"spins must be +1 or -1; got {spins[wrong][0]}. Of zeros and ones make 2 * spins - 1"
        )


def _check_systems(values: Tensor, logits: Tensor) -> None:
    if values.ndim == 2 and values.shape[0] != logits.shape[0]:
        raise ValueError(
            f"couplings of {values.shape[0]} systems do not fit logits of {logits.shape[0]}; "
            "give (systems, pairs), or (pairs,) for couplings that all systems share"
        )


def _check_sites(index: Tensor, num_sites: int) -> None:
    if (index >= num_sites).any():
        raise ValueError(
            f"couplings must name sites 0 to {num_sites - 1}; got {index.max()}. "
            "Are they those of another lattice?"
        )
