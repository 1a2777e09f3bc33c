"""Sizes of JODO's network from the shapes of its weights.

JODO keeps no configuration beside a checkpoint. Depth, widths, extra heads, channels of bonds and
which parts there are can be read off the weights. The number of heads can not always: 8, 16 and
128 heads give the same shapes at 256 features. Nothing that has no weights can: cut-off and
threshold of adjacency, softmax, centring, noise schedule, divisors. Those come from a preset.
"""

import re
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from eloss_plugins.errors import Refused, UsageError

QM9 = (1, 6, 7, 8, 9)
GEOM = (1, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17, 33, 35, 53, 80, 83)
# elements of JODO's data sets in space, in its order; its other data sets are flat
DATA_SETS = {QM9: "paper-qm9", GEOM: "paper-geom"}
NOT_IN_WEIGHTS = (
    "spatial_cutoff",
    "edge_threshold",
    "softmax_inf",
    "centre_layers",
    "schedule",
    "norm_values",
    "centred",
    "self_condition",
    "clamp_condition",
)


def inferred(state: Mapping[str, Tensor]) -> dict[str, Any]:
    """The sizes that the weights show, by the name of the setting.

    Raises:
        Refused: the weights are not of JODO's unconditional network in space.
    """
    _refuse_others(state)
    features = _width(state, "node_emb.weight", 0)
    layers = [int(m[1]) for name in state if (m := re.match(r"e_block_(\d+)\.", name))]
    updates = _width(state, "e_block_0.equi_update.coord_mlp.2.weight", 0)
    return {
        "layers": 1 + max(layers),
        "features": features,
        "extra_heads": updates - 1,
        "mlp_ratio": _width(state, "e_block_0.ff_linear1.weight", 0) // features,
        "distance_basis": "dist_layer.means.weight" in state,
        "condition_time": "time_mlp.1.weight" in state,
        "bond_channels": 1 + _width(state, "edge_type_mlp.4.weight", 0),
        "include_formal_charges": _numbers(state) != len(elements_of(state)),
    }


def elements_of(state: Mapping[str, Tensor]) -> tuple[int, ...]:
    """Atomic numbers in the order of the network's types.

    Raises:
        Refused: not of one of upstream's data sets in space.
    """
    numbers = _numbers(state)
    for elements in DATA_SETS:
        if numbers - len(elements) in (0, 1):  # without and with formal charges
            return elements
    known = ", ".join(str(len(elements)) for elements in DATA_SETS)
    raise Refused(
        f"the checkpoint has {numbers} numbers an atom; expected one for each element of JODO's "
        f"data sets in space, which have {known}, and perhaps one for formal charges"
    )


def heads_of(state: Mapping[str, Tensor], extra_heads: int) -> list[int]:
    """Numbers of heads that give weights of these shapes."""
    features = _width(state, "node_emb.weight", 0)
    keys = _width(state, "e_block_0.attn_mpnn.lin_key.weight", 0)
    return [
        heads
        for heads in range(extra_heads + 1, features + 1)
        if features % heads == 0
        and features // (heads - extra_heads) * (heads - extra_heads) == keys
    ]


def chosen_heads(possible: list[int], preset: int, asked: str | None) -> int:
    """The heads asked for, or the preset's if the weights may have so many, or the only ones.

    Raises:
        Refused: the weights have no number of heads, or the user has to say which.
        UsageError: the number asked for is not possible.
    """
    listed = ", ".join(map(str, possible))
    if asked is not None:
        if asked not in map(str, possible):
            raise UsageError(f"the weights have {listed or 'no'} heads; got heads={asked}")
        return int(asked)
    if preset in possible:
        return preset
    if len(possible) != 1:
        raise Refused(
            f"the weights may have {listed or 'no number of'} heads; say which with "
            "--model-options heads=N"
        )
    return possible[0]


def _refuse_others(state: Mapping[str, Tensor]) -> None:
    if "cond_mlp.0.weight" in state:
        raise Refused(
            "the model is conditioned on properties; only unconditional models can be loaded"
        )
    if "e_block_0.attn_mpnn.lin_key.weight" in state and not any("equi_update" in n for n in state):
        raise Refused("the checkpoint is of JODO's flat network, which has no positions")
    if "dist_layer.means.weight" in state and "dist_layer.time_mlp.1.weight" not in state:
        raise Refused("the checkpoint has Gaussians of distances that do not see the noise level")


def _numbers(state: Mapping[str, Tensor]) -> int:
    return _width(state, "node_emb.weight", 1) // 2  # of the molecule and of the condition


def _width(state: Mapping[str, Tensor], name: str, axis: int) -> int:
    value = state.get(name)
    if value is None or value.dim() <= axis or not value.shape[0]:
        raise Refused(f"the checkpoint is not of JODO's network in space: it has no `{name}`")
    return int(value.shape[axis])
