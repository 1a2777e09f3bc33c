"""Variational free energy of any energy of discrete states."""

from dataclasses import dataclass

from torch import Tensor

from eloss_plugins.core.checks import check_floating, check_not_negative
from eloss_plugins.core.discrete.entropy import log_softmax, state_entropy
from eloss_plugins.core.discrete.expectations import Expectation, Multilinear
from eloss_plugins.core.discrete.states import StateEnergy
from eloss_plugins.core.numerics import full_precision, working_dtype


@dataclass(frozen=True)
class FreeEnergy:
    """E_q[E] - T S(q) of the independent sites that a network's logits describe.

    Over all distributions it is least at the Boltzmann distribution exp(-E / T) / Z, with value
    -T log Z; over independent sites it lies above that. Divided by T it is the paper's loss, up to
    log Z; as it stands a change of T leaves the learning rate alone. The energy may be that of a
    state given the data, as in E(state, data), or of a state alone.

    At logits that treat all states of all sites alike an energy with a symmetry has a saddle.

    Attributes:
        energy: E, a function of `(..., systems, sites)` int64 states.
        temperature: T, in units of the energy.
        expectation: `Multilinear()`, which None means, `Enumeration()` or `Sampling()`.

    Reference:
        arXiv 2511.02087, Eq. 15.
    """

    energy: StateEnergy
    temperature: float = 0.1
    expectation: Expectation | None = None

    def __post_init__(self) -> None:
        check_not_negative(temperature=self.temperature)

    def __call__(self, logits: Tensor) -> Tensor:
        """`(systems,)` free energies, in units of the energy.

        Args:
            logits: `(systems, sites, states)`; a logit of -inf forbids a state, one of +inf
                forbids all others.

        Raises:
            TypeError: logits that are not floating point.
            ValueError: logits that are not `(systems, sites, states)`, or of other states than
                the energy's.
        """
        check_state_logits(logits, getattr(self.energy, "num_states", None))
        with full_precision(logits):
            log_probabilities = log_softmax(logits.to(working_dtype(logits)))
            # No default object: torch.compile cannot make one in a dataclass made while tracing.
            expectation = Multilinear() if self.expectation is None else self.expectation
            mean = expectation(self.energy, log_probabilities)
            return mean - self.temperature * state_entropy(log_probabilities).sum(-1)


def check_state_logits(logits: Tensor, num_states: int | None) -> None:
    """Raise unless `logits` is floating `(systems, sites, states)`, one or more of the last two."""
    check_floating("logits", logits)
    if logits.ndim != 3 or 0 in logits.shape[1:]:
        raise ValueError(
            "`logits` must have shape (systems, sites, states), one or more sites and states; "
            f"got {tuple(logits.shape)}. Of the logits z of spins make "
            "torch.stack([torch.zeros_like(z), z], -1)"
        )
    if num_states is not None and logits.shape[2] != num_states:
        raise ValueError(
            f"the energy has {num_states} states; got logits of {logits.shape[2]}, "
            f"{tuple(logits.shape)}"
        )
