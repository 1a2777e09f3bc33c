"""Between a molecule as data and the scaled numbers that the diffusion process runs on."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from eloss_plugins.data.batch import Batch
from eloss_plugins.errors import UsageError
from eloss_plugins.trainers.molecule_noise import SPACE


@dataclass(frozen=True)
class Scaling:
    """Divisors of EDM's `normalize_factors`; biases are subtracted first.

    Attributes:
        positions: angstrom per model unit.
        types: divisor of the one-hot element types.
        charges: divisor of the atomic numbers.
        types_bias: subtracted from the one-hot types.
        charges_bias: subtracted from the atomic numbers.
        include_charges: whether atomic numbers are generated beside the types.

    Reference: EDM, arXiv 2203.17003, section 3.3 (scaling features).
    """

    positions: float = 1.0
    types: float = 4.0
    charges: float = 10.0
    types_bias: float = 0.0
    charges_bias: float = 0.0
    include_charges: bool = True

    def encode(self, batch: Batch) -> Tensor:
        """The scaled molecule, `(molecules, atoms, 3 + features)`, padding zero."""
        kind = batch.positions.dtype
        types = (batch.one_hot.to(kind) - self.types_bias) / self.types
        charges = (batch.charges.to(kind) - self.charges_bias) / self.charges
        columns = [batch.positions / self.positions, types]
        columns += [charges] if self.include_charges else []
        joined = torch.cat(columns, dim=-1)
        return joined.masked_fill(~batch.mask.unsqueeze(-1), 0.0)

    def width(self, elements: int) -> int:
        """Number of features an atom has beside its position."""
        return elements + int(self.include_charges)

    def types_of(self, scaled: Tensor) -> Tensor:
        """Unscaled type scores, `(molecules, atoms, elements)`."""
        end = scaled.shape[-1] - int(self.include_charges)
        return scaled[..., SPACE:end] * self.types + self.types_bias

    def charges_of(self, scaled: Tensor) -> Tensor:
        """Unscaled atomic numbers, `(molecules, atoms, 1)`, or of no column if not included."""
        start = scaled.shape[-1] - int(self.include_charges)
        return scaled[..., start:] * self.charges + self.charges_bias

    def decode_types(self, scaled: Tensor) -> Tensor:
        """The best type of each atom, one-hot, `(molecules, atoms, elements)` int64."""
        scores = self.types_of(scaled)
        return one_hot(scores.argmax(-1), scores.shape[-1])

    def check_against(self, sigma_0: float, deviations: float = 8.0) -> None:
        """Refuse divisors that leave neighbouring values less than 8 sigma_0 apart at step 0.

        Raises:
            UsageError: a one-hot or an integer could not be read back from the least noisy step.
        """
        largest = max(self.types, self.charges)
        if sigma_0 * deviations > 1.0 / largest:
            raise UsageError(
                f"normalisation factor {largest:g} is too large for a schedule whose least noise is"
                f" {sigma_0:.3g}: at most {1 / (deviations * sigma_0):.3g} keeps atom types legible"
            )
