"""Adapter for EDM-shaped trainers (EDM, GDM, GDM-aug): noise prediction, padded and centred.

What stands at EDM's loss: the network's noise and the true noise of positions, clean scaled
positions, alpha and sigma of each molecule, a mask. With z = alpha x + sigma eps the predicted
positions err by (sigma / alpha) (eps - eps_hat): signal alpha, noise sigma, residual
eps - eps_hat. Time plays no part beyond alpha and sigma. Upstream: ehoogeboom/
e3_diffusion_for_molecules, commit fce07d7, `EnVariationalDiffusion.compute_loss`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from eloss_plugins.errors import UsageError
from eloss_plugins.hookspecs import BindOptions, hookimpl
from eloss_plugins.position_loss.ground import PositionLoss

if TYPE_CHECKING:
    from torch import Tensor

    from eloss_plugins.core.bonds import Bonds

TARGETS = ("edm", "gdm", "gdm-aug")


@hookimpl
def bind_trainer(target: str, options: BindOptions) -> Callable[..., Tensor] | None:
    """The position loss as EDM's objective takes it, for the targets `edm`, `gdm`, `gdm-aug`."""
    if target not in TARGETS:
        return None
    return EdmPositionLoss(options.loss, find_bonds=options.uses_bonds)


class EdmPositionLoss(PositionLoss):
    """A position loss called with what is in scope at EDM's loss.

    The first call checks what it is given and raises one sentence; later calls trust. Molecules
    with non-finite numbers are not an error here: their losses come out non-finite and the
    trainer's guard counts them.
    """

    def __call__(
        self,
        prediction: Tensor,
        noise: Tensor,
        positions: Tensor,
        alpha: Tensor,
        sigma: Tensor,
        mask: Tensor,
        *,
        features: Tensor | None = None,
        numbers: Tensor | None = None,
        bonds: Bonds | None = None,
        length_scale: float = 1.0,
    ) -> Tensor:
        """What takes the place of the positions' squared error, `(molecules,)`.

        Args:
            prediction: `(molecules, atoms, 3)`, the network's noise of positions.
            noise: `(molecules, atoms, 3)`, the true noise.
            positions: `(molecules, atoms, 3)`, clean scaled positions, centred.
            alpha: `(molecules, 1, 1)`, or any shape of that many numbers.
            sigma: as `alpha`.
            mask: `(molecules, atoms)` bool, or EDM's float `(molecules, atoms, 1)`.
            features: `(molecules, atoms, F)`, scaled types and charges.
            numbers: `(molecules, atoms)` int64 atomic numbers.
            bonds: where a law or an edge set asks for them; found by distance if left out.
            length_scale: angstrom per unit of `positions`.

        Raises:
            UsageError: on the first call, something does not have the form above.
        """
        import torch

        from eloss_plugins.position_loss import first_batch

        real = first_batch.plain_mask(mask)
        if not self._checked:
            check_shapes(prediction, noise, positions, alpha, sigma, mask)
            if not torch.compiler.is_compiling():  # a graph has no numbers to look at
                check_numbers(positions, alpha, sigma, mask)
                self._checked = True
        scaled = noise - prediction, alpha.reshape(-1), sigma.reshape(-1)
        return self._of(
            scaled,
            positions,
            real,
            bonds=bonds,
            numbers=numbers,
            features=features,
            length_scale=length_scale,
        )


def check_shapes(
    prediction: Tensor,
    noise: Tensor,
    positions: Tensor,
    alpha: Tensor,
    sigma: Tensor,
    mask: Tensor,
) -> None:
    """Refuse shapes that are not those of EDM's loss.

    Raises:
        UsageError: naming the argument, what was expected and what was found.
    """
    from eloss_plugins.position_loss import first_batch

    first_batch.check_shapes(positions, prediction=prediction, noise=noise)
    _check_levels(len(positions), alpha=alpha, sigma=sigma)
    first_batch.check_mask_shape(mask, positions)


def check_numbers(positions: Tensor, alpha: Tensor, sigma: Tensor, mask: Tensor) -> None:
    """Refuse numbers that do not look like those of EDM's loss.

    Raises:
        UsageError: naming the argument, what was expected and what was found.
    """
    from eloss_plugins.position_loss import first_batch

    for name, level in {"alpha": alpha, "sigma": sigma}.items():
        if not bool(level.isfinite().all()):
            raise UsageError(f"`{name}` must be finite; check the noise schedule")
    first_batch.check_mask(mask, positions)
    first_batch.check_centred(positions, first_batch.plain_mask(mask))


def _check_levels(molecules: int, **levels: Tensor) -> None:
    for name, value in levels.items():
        if value.numel() != molecules:
            raise UsageError(
                f"`{name}` must hold one number for each of {molecules} molecules;"
                f" got shape {tuple(value.shape)}"
            )
