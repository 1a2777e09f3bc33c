"""Flow-matching batches by hand, and the paper's loss for them in plain Python."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

SIZES = (4, 7, 3, 5)


@dataclass(frozen=True)
class Flow:
    """A straight path between chains of atoms an angstrom and a half apart, and noise.

    Attributes:
        clean: `(molecules, atoms, 3)`, centred, zero in padding.
        eps: the same shape.
        mask: `(molecules, atoms)` bool.
        time: `(molecules,)`.
        data_at: the time of the data.
    """

    clean: Tensor
    eps: Tensor
    mask: Tensor
    time: Tensor
    data_at: int

    @property
    def noise(self) -> Tensor:
        """Coefficient of `eps`, `(molecules, 1, 1)`."""
        level = self.time if self.data_at == 0 else 1 - self.time
        return level.view(-1, 1, 1)

    @property
    def noisy(self) -> Tensor:
        return (1 - self.noise) * self.clean + self.noise * self.eps

    @property
    def velocity(self) -> Tensor:
        """Derivative of `noisy` by the time."""
        return self.eps - self.clean if self.data_at == 0 else self.clean - self.eps

    def endpoint(self, velocity: Tensor) -> Tensor:
        """Clean positions that a velocity leads to."""
        return self.noisy + (self.data_at - self.time.view(-1, 1, 1)) * velocity


def flow(data_at: int, *, seed: int = 0, scale: float = 1.0, dtype=torch.float64) -> Flow:
    random = torch.Generator().manual_seed(seed)
    mask = torch.arange(max(SIZES) + 1) < torch.tensor(SIZES).unsqueeze(1)
    real = mask.unsqueeze(-1)
    draws = [torch.randn(*mask.shape, 3, generator=random, dtype=dtype) * real for _ in range(2)]
    chain = 0.2 * draws[0]
    chain[..., 0] += 1.4 * torch.arange(mask.shape[1])
    clean = (chain - (chain * real).sum(1, True) / real.sum(1, True)) * real / scale
    time = torch.tensor([0.15, 0.4, 0.65, 0.9], dtype=dtype)
    return Flow(clean, draws[1], mask, time, data_at)


def perturbed(value: Tensor, seed: int = 9) -> Tensor:
    """What a network could have said in its place."""
    random = torch.Generator().manual_seed(seed)
    return value + 0.3 * torch.randn(value.shape, generator=random, dtype=value.dtype)


def energy(guess: list, true: list, unit: float = 1.0) -> float:
    """Eq. 7 with k = exp(-d) in angstrom, each pair once."""
    total = 0.0
    for i in range(len(true)):
        for j in range(i):
            d, d_hat = math.dist(true[i], true[j]), math.dist(guess[i], guess[j])
            total += math.exp(-d * unit) * (d - d_hat) ** 2
    return total


def energies(given: Flow, guess: Tensor, unit: float = 1.0) -> Tensor:
    """`energy` of each molecule."""
    found = [
        energy(guess[place, real].tolist(), given.clean[place, real].tolist(), unit)
        for place, real in enumerate(given.mask)
    ]
    return torch.tensor(found, dtype=torch.float64)


def flat(given: Flow, *values: Tensor) -> tuple[Tensor, ...]:
    """Real atoms of padded tensors one below the other, atoms in a mixed order; and `batch`."""
    batch = torch.arange(len(given.mask)).unsqueeze(1).expand(given.mask.shape)[given.mask]
    order = torch.randperm(len(batch), generator=torch.Generator().manual_seed(3))
    return (*(value[given.mask][order] for value in values), batch[order])
