"""The diffusion model: training losses, exact likelihood bound, sampling."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from eloss_plugins.data.batch import Batch
from eloss_plugins.trainers.diffusion import likelihood, sampling
from eloss_plugins.trainers.diffusion.draw import Draw
from eloss_plugins.trainers.diffusion.noise_levels import alpha, sigma
from eloss_plugins.trainers.diffusion.noise_schedule import NoiseSchedule
from eloss_plugins.trainers.diffusion.objective import (
    Counted,
    NoiseError,
    mean_error,
    squared_error,
)
from eloss_plugins.trainers.diffusion.scaling import Scaling
from eloss_plugins.trainers.generator import NLL, Generator, OnStep, PositionLoss, Sampled
from eloss_plugins.trainers.molecule_noise import SPACE, centred, mask_of, molecule_noise


@dataclass(frozen=True)
class Noised:
    """A batch at its noise levels, and the network's answer.

    Attributes:
        clean: `(molecules, atoms, 3 + features)` scaled molecules.
        noisy: `(molecules, atoms, 3 + features)`.
        noise: `(molecules, atoms, 3 + features)`.
        prediction: `(molecules, atoms, 3 + features)`, float32, positions centred.
        gamma: `(molecules, 1, 1)`.
        step: `(molecules,)` int64.
        mask: `(molecules, atoms)` bool.
    """

    clean: Tensor
    noisy: Tensor
    noise: Tensor
    prediction: Tensor
    gamma: Tensor
    step: Tensor
    mask: Tensor


class Diffusion(Generator):
    """EDM's diffusion over positions, atom types and atomic numbers, for any network.

    The state dict has upstream's keys: `gamma.gamma`, `dynamics.*`, `buffer`.

    Args:
        network: (noisy, time, mask) -> predicted noise, see `networks.dynamics`.
        schedule: the noise levels.
        scaling: divisors of positions, types and charges.
        elements: number of element types.
        position_loss: replaces the squared error of positions where t > 0; None keeps it.
        counted: which atoms the divisor of the squared error counts, see `mean_error`.
    """

    measure = NLL
    buffer: Tensor

    def __init__(
        self,
        network: nn.Module,
        schedule: NoiseSchedule,
        *,
        scaling: Scaling,
        elements: int,
        position_loss: PositionLoss | None = None,
        counted: Counted = "real",
    ):
        super().__init__()
        self.gamma = schedule
        self.dynamics = network
        self.scaling = scaling
        self.elements = elements
        self.position_loss = position_loss
        self.counted: Counted = counted
        self.register_buffer("buffer", torch.zeros(1))
        scaling.check_against(float(sigma(schedule.gamma[0])))

    @property
    def timesteps(self) -> int:
        """Number of steps T of the process."""
        return self.gamma.timesteps

    @property
    def features(self) -> int:
        """Columns of an atom beside its position."""
        return self.scaling.width(self.elements)

    def sampling_steps(self, asked: int | None) -> int:
        """At most all of the process."""
        return self.timesteps if asked is None else min(asked, self.timesteps)

    def draw(self, batch: Batch, *, first_step: int = 0) -> Draw:
        """Steps and noise for `batch` from torch's global generator, in upstream's order."""
        shape = (len(batch.mask), 1)
        step = torch.randint(first_step, self.timesteps + 1, shape, device=batch.mask.device)
        return Draw(step.squeeze(1), self._noise(batch.mask))

    def training_losses(self, batch: Batch) -> dict[str, Tensor]:
        """The training objective at random steps; see `losses_at`."""
        return self.losses_at(batch, self.draw(batch))

    def losses_at(self, batch: Batch, draw: Draw) -> dict[str, Tensor]:
        """The training objective for given steps and noise.

        Args:
            batch: molecules.
            draw: steps and noise.

        Returns:
            `(molecules,)` tensors: `loss`, what is optimised, is the sum of `position`, `feature`
            and `prior`; `error` is EDM's squared error whatever the loss, `finite` is false
            where prediction or loss is not finite. At step 0 `position` is the squared error and
            `feature` -log p(h | z_0), whatever the loss.
        """
        noised = self.noised(batch, draw)
        width = SPACE + self.features
        error = squared_error(noised.prediction, noised.noise)
        mean = mean_error(error, batch.mask, width, self.counted)
        start = draw.step == 0
        position = 0.5 * torch.where(start, mean.positions, self._position(noised, batch, mean))
        feature = torch.where(start, -self._feature_likelihood(noised), 0.5 * mean.features)
        prior = self._prior(noised)
        loss = position + feature + prior
        return {
            "loss": loss,
            "position": position,
            "feature": feature,
            "prior": prior,
            "error": (mean.positions + mean.features).detach(),
            "finite": torch.isfinite(loss) & _finite(noised.prediction),
        }

    def validation(self, batch: Batch) -> Tensor:
        """The bound `nll`."""
        return self.nll(batch)

    @torch.no_grad()
    def nll(self, batch: Batch) -> Tensor:
        """An unbiased estimate of the bound on -log p(x, h | atoms), `(molecules,)`, in nats.

        Two network calls: one random step in 1..T, and step 0. The position loss plays no part.
        -log p(atoms) is the caller's to add.
        """
        middle = self.draw(batch, first_step=1)
        noise = self._noise(batch.mask)
        return self.nll_at(batch, middle, Draw(torch.zeros_like(middle.step), noise))

    def nll_at(self, batch: Batch, middle: Draw, start: Draw) -> Tensor:
        """The bound for given draws: `middle` at steps in 1..T, `start` at step 0."""
        noised = self.noised(batch, middle)
        gap = self.gamma(middle.step) - self.gamma(middle.step - 1)
        weight = 0.5 * self.timesteps * (torch.exp(gap) - 1)
        error = squared_error(noised.prediction, noised.noise)
        diffusion = weight * (error.positions + error.features)
        volume = likelihood.freedom(batch.mask) * torch.log(
            torch.tensor(self.scaling.positions, device=diffusion.device)
        )
        return self._prior(noised) + diffusion + self._reconstruction(batch, start) + volume

    @torch.no_grad()
    def sample(
        self,
        num_atoms: Tensor,
        *,
        steps: int | None = None,
        on_step: OnStep | None = None,
    ) -> Sampled:
        """New molecules; a molecule that diverges keeps its non-finite positions.

        Args:
            num_atoms: `(molecules,)` int64, atoms of each.
            steps: steps of the reverse process; all `timesteps` when None.
            on_step: called after each step with (done, all).
        """
        mask = mask_of(num_atoms, self.buffer.device)
        noisy = self._noise(mask)
        pairs = sampling.walk(self.timesteps, steps)
        for done, (step_s, step_t) in enumerate(pairs, start=1):
            noisy = self.reverse_step(noisy, mask, step_s, step_t)
            if on_step is not None:
                on_step(done, len(pairs))
        return self._decode(noisy, mask)

    def noised(self, batch: Batch, draw: Draw) -> Noised:
        """Noise `batch` as `draw` says and ask the network."""
        clean = self.scaling.encode(batch)
        gamma = self.gamma(draw.step).view(-1, 1, 1)
        noisy = alpha(gamma) * clean + sigma(gamma) * draw.noise
        prediction = self.predict(noisy, draw.step, batch.mask)
        return Noised(clean, noisy, draw.noise, prediction, gamma, draw.step, batch.mask)

    def predict(self, noisy: Tensor, step: Tensor, mask: Tensor) -> Tensor:
        """The network's noise in float32, `(molecules, atoms, 3 + features)`, at integer `step`."""
        time = (step.to(noisy.dtype) / self.timesteps).view(-1, 1)
        prediction: Tensor = self.dynamics(noisy, time, mask)
        return prediction.to(noisy.dtype)

    def reverse_step(self, noisy: Tensor, mask: Tensor, step_s: int, step_t: int) -> Tensor:
        """One step of the reverse process for the whole batch, positions centred."""
        step = torch.full((len(mask),), step_t, device=mask.device)
        prediction = self.predict(noisy, step, mask)
        noise = self._noise(mask)
        gammas = self.gamma.gamma[step_s], self.gamma.gamma[step_t]
        return sampling.recentred(sampling.reverse_step(noisy, prediction, noise, *gammas), mask)

    def _noise(self, mask: Tensor) -> Tensor:
        return molecule_noise(mask, self.features, self.buffer.dtype)

    def _position(self, noised: Noised, batch: Batch, mean: NoiseError) -> Tensor:
        if self.position_loss is None:
            return mean.positions
        return self.position_loss(
            noised.prediction[..., :SPACE],
            noised.noise[..., :SPACE],
            noised.clean[..., :SPACE],
            alpha(noised.gamma),
            sigma(noised.gamma),
            noised.mask,
            features=noised.clean[..., SPACE:],
            numbers=batch.charges.squeeze(-1).long(),
            length_scale=self.scaling.positions,
        )

    def _prior(self, noised: Noised) -> Tensor:
        return likelihood.prior_divergence(noised.clean, noised.mask, self.gamma.gamma[-1])

    def _feature_likelihood(self, noised: Noised) -> Tensor:
        return likelihood.feature_log_likelihood(
            noised.clean, noised.noisy, noised.mask, noised.gamma, self.scaling
        )

    def _reconstruction(self, batch: Batch, start: Draw) -> Tensor:
        noised = self.noised(batch, start)
        error = squared_error(noised.prediction, noised.noise).positions
        constant = likelihood.position_constant(batch.mask, self.gamma.gamma[0])
        return constant + 0.5 * error - self._feature_likelihood(noised)

    def _decode(self, noisy: Tensor, mask: Tensor) -> Sampled:
        step = torch.zeros(len(mask), dtype=torch.int64, device=mask.device)
        prediction = self.predict(noisy, step, mask)
        noise = self._noise(mask)
        scaled = sampling.last_positions(noisy, prediction, noise, self.gamma.gamma[0])
        positions = centred(scaled * self.scaling.positions, mask)
        index = self.scaling.decode_types(noisy).argmax(-1) * mask
        charges = torch.nan_to_num(torch.round(self.scaling.charges_of(noisy))).long()
        return Sampled(positions, index, mask, numbers=charges.sum(-1) * mask)


def _finite(prediction: Tensor) -> Tensor:
    return torch.isfinite(prediction).flatten(1).all(1)
