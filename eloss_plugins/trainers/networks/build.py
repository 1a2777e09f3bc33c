"""The two networks from a model's sizes."""

from typing import Protocol

from eloss_plugins.trainers.molecule_noise import SPACE
from eloss_plugins.trainers.networks.aggregation import AggregationRule, Method
from eloss_plugins.trainers.networks.dynamics import EgnnDynamics, GnnDynamics
from eloss_plugins.trainers.networks.egnn import Egnn, EgnnSizes
from eloss_plugins.trainers.networks.gnn import Gnn


class NetworkChoices(Protocol):
    """What a model's config says about its network; `EgnnSizes` and `AggregationRule` explain."""

    @property
    def layers(self) -> int: ...  # noqa: D102

    @property
    def features(self) -> int: ...  # noqa: D102

    @property
    def attention(self) -> bool: ...  # noqa: D102

    @property
    def tanh(self) -> bool: ...  # noqa: D102

    @property
    def norm_constant(self) -> float: ...  # noqa: D102

    @property
    def inv_sublayers(self) -> int: ...  # noqa: D102

    @property
    def sin_embedding(self) -> bool: ...  # noqa: D102

    @property
    def normalization_factor(self) -> float: ...  # noqa: D102

    @property
    def aggregation(self) -> Method: ...  # noqa: D102


def egnn_dynamics(
    choices: NetworkChoices,
    features: int,
    *,
    condition_time: bool = True,
    count_padding: bool = False,
) -> EgnnDynamics:
    """The equivariant network.

    Args:
        choices: sizes.
        features: numbers that an atom has beside its position.
        condition_time: the network sees the time.
        count_padding: see `AggregationRule`.
    """
    sizes = EgnnSizes(
        features=choices.features,
        layers=choices.layers,
        sublayers=choices.inv_sublayers,
        attention=choices.attention,
        tanh=choices.tanh,
        norm_constant=choices.norm_constant,
        sin_embedding=choices.sin_embedding,
    )
    egnn = Egnn(features + int(condition_time), sizes)
    rule = _rule(choices, with_self=False, count_padding=count_padding)
    return EgnnDynamics(egnn, rule, condition_time)


def gnn_dynamics(
    choices: NetworkChoices,
    features: int,
    *,
    condition_time: bool = True,
    count_padding: bool = False,
) -> GnnDynamics:
    """The plain network; arguments as in `egnn_dynamics`."""
    gnn = Gnn(
        SPACE + features + int(condition_time),
        features=choices.features,
        layers=choices.layers,
        attention=choices.attention,
    )
    rule = _rule(choices, with_self=True, count_padding=count_padding)
    return GnnDynamics(gnn, rule, condition_time)


def _rule(choices: NetworkChoices, *, with_self: bool, count_padding: bool) -> AggregationRule:
    return AggregationRule(
        choices.aggregation,
        choices.normalization_factor,
        with_self=with_self,
        count_padding=count_padding,
    )
