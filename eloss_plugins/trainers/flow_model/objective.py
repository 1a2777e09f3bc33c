"""The squared error of flow matching, split into positions and features."""

from dataclasses import dataclass

from torch import Tensor

from eloss_plugins.trainers.molecule_noise import SPACE


@dataclass(frozen=True)
class FlowError:
    """Mean squared errors, `(molecules,)` each."""

    positions: Tensor
    features: Tensor


def mean_squared_error(prediction: Tensor, target: Tensor, mask: Tensor) -> FlowError:
    """Means over real atoms and columns, of positions and of features; 0 without atoms.

    Args:
        prediction: `(molecules, atoms, 3 + features)`.
        target: the same shape.
        mask: `(molecules, atoms)` bool.
    """
    square = (prediction - target).square().masked_fill(~mask.unsqueeze(-1), 0.0)
    atoms = mask.sum(1).clamp(min=1).to(square.dtype)
    columns = square.shape[-1] - SPACE
    return FlowError(
        square[..., :SPACE].sum((1, 2)) / (atoms * SPACE),
        square[..., SPACE:].sum((1, 2)) / (atoms * columns),
    )
