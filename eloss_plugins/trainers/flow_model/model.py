"""The flow-matching model: training losses, validation error, sampling."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from eloss_plugins.core.flow_matching import LEAST_TIME, noise_level
from eloss_plugins.data.batch import Batch
from eloss_plugins.trainers.flow_model import coupling, path, solvers, times
from eloss_plugins.trainers.flow_model.config import FlowConfig
from eloss_plugins.trainers.flow_model.draw import Draw
from eloss_plugins.trainers.flow_model.objective import mean_squared_error
from eloss_plugins.trainers.generator import ERROR, Generator, OnStep, PositionLoss, Sampled
from eloss_plugins.trainers.molecule_noise import SPACE, centred, mask_of, molecule_noise


@dataclass(frozen=True)
class OnPath:
    """A batch at its places between data and noise, and the network's answer.

    Attributes:
        clean: `(molecules, atoms, 3 + features)` scaled molecules.
        noisy: `(molecules, atoms, 3 + features)` x_t.
        target: `(molecules, atoms, 3 + features)` what the network is regressed against.
        prediction: `(molecules, atoms, 3 + features)`.
        level: `(molecules,)` noise levels r.
    """

    clean: Tensor
    noisy: Tensor
    target: Tensor
    prediction: Tensor
    level: Tensor


class Flow(Generator):
    """Flow matching over positions, atom types and optionally atomic numbers, for any network.

    Args:
        network: (noisy, noise level, mask) -> displacement of positions and new features, see
            `networks.dynamics`.
        config: all choices.
        elements: number of element types.
        position_loss: replaces the squared error of positions; None keeps it.

    Reference: Lipman et al., arXiv 2210.02747; arXiv 2511.02087, A.7.
    """

    measure = ERROR
    origin: Tensor

    def __init__(
        self,
        network: nn.Module,
        config: FlowConfig,
        *,
        elements: int,
        position_loss: PositionLoss | None = None,
    ):
        super().__init__()
        self.dynamics = network
        self.config = config
        self.scaling = config.scaling
        self.elements = elements
        self.position_loss = position_loss
        self.register_buffer("origin", torch.zeros(1), persistent=False)

    @property
    def timesteps(self) -> int:
        """Steps of the sampling when none are asked for."""
        return self.config.timesteps

    @property
    def features(self) -> int:
        """Columns of an atom beside its position."""
        return self.scaling.width(self.elements)

    def draw(self, batch: Batch) -> Draw:
        """Times and noise for `batch` from torch's global generator, in this order."""
        numbers = torch.rand(len(batch.mask), device=batch.mask.device, dtype=self.origin.dtype)
        level = times.levels(numbers, self.config.time_draw, self.config.least_time)
        noise = self._noise(batch.mask)
        if self.config.coupling == "equivariant":
            clean = batch.positions / self.scaling.positions
            near = coupling.equivariant(noise[..., :SPACE], clean, batch.mask)
            noise = torch.cat([near, noise[..., SPACE:]], dim=-1)
        return Draw(level if self.config.data_at == 0 else 1 - level, noise)

    def training_losses(self, batch: Batch) -> dict[str, Tensor]:
        """The training objective at random times; see `losses_at`."""
        return self.losses_at(batch, self.draw(batch))

    def losses_at(self, batch: Batch, draw: Draw) -> dict[str, Tensor]:
        """The training objective for given times and noise.

        Args:
            batch: molecules.
            draw: times and noise.

        Returns:
            `(molecules,)` tensors: `loss`, what is optimised, is the sum of `position` and
            `feature`; `error` is the model's own squared error whatever the loss, `finite` is
            false where prediction or loss is not finite.
        """
        there = self.on_path(batch, draw)
        error = mean_squared_error(there.prediction, there.target, batch.mask)
        weight = path.squared_error_weight(
            there.level, prediction=self.config.prediction, weight=self.config.time_weight
        )
        own = weight * error.positions
        feature = self.config.feature_weight * weight * error.features
        position = own if self.position_loss is None else self._position(there, batch, draw)
        loss = position + feature
        return {
            "loss": loss,
            "position": position,
            "feature": feature,
            "error": (own + feature).detach(),
            "finite": torch.isfinite(loss) & _finite(there.prediction),
        }

    @torch.no_grad()
    def validation(self, batch: Batch) -> Tensor:
        """The model's own squared error at random times, `(molecules,)`."""
        return self.losses_at(batch, self.draw(batch))["error"]

    @torch.no_grad()
    def sample(
        self,
        num_atoms: Tensor,
        *,
        steps: int | None = None,
        on_step: OnStep | None = None,
    ) -> Sampled:
        """New molecules; positions of a molecule that diverges are NaN.

        Args:
            num_atoms: `(molecules,)` int64, atoms of each.
            steps: of the solver; an adaptive one makes its own and reports so many.
            on_step: called with (done, all) `steps` times.

        Raises:
            Refused: an adaptive solver cannot meet its tolerance.
        """
        mask = mask_of(num_atoms, self.origin.device)
        course = solvers.Course(
            solver=self.config.solver,
            steps=self.sampling_steps(steps),
            least=max(self.config.least_time, LEAST_TIME),
            relative_tolerance=self.config.relative_tolerance,
            absolute_tolerance=self.config.absolute_tolerance,
        )
        made = solvers.integrate(self._field(mask), self._noise(mask), mask, course, on_step)
        return self._decode(made, mask)

    def on_path(self, batch: Batch, draw: Draw) -> OnPath:
        """Noise `batch` as `draw` says and ask the network."""
        clean = self.scaling.encode(batch)
        level = noise_level(draw.time, self.config.data_at).to(clean.dtype)
        noisy = path.at_level(clean, draw.noise, level)
        target = path.regression_target(
            clean, draw.noise, prediction=self.config.prediction, data_at=self.config.data_at
        )
        return OnPath(clean, noisy, target, self.predict(noisy, level, batch.mask), level)

    def predict(self, noisy: Tensor, level: Tensor, mask: Tensor) -> Tensor:
        """Velocity or endpoint in the type of `noisy`, `(molecules, atoms, 3 + features)`.

        The network's displacement of positions is a velocity as it is; an endpoint lies by it
        from the noisy positions. Features are what the network says.

        Args:
            noisy: x_t, the same shape.
            level: `(molecules,)` noise levels r, which is what the network sees of the time.
            mask: `(molecules, atoms)` bool.
        """
        said: Tensor = self.dynamics(noisy, level.view(-1, 1), mask)
        said = said.to(noisy.dtype)
        if self.config.prediction == "velocity":
            return said
        return torch.cat([noisy[..., :SPACE] + said[..., :SPACE], said[..., SPACE:]], dim=-1)

    def _position(self, there: OnPath, batch: Batch, draw: Draw) -> Tensor:
        assert self.position_loss is not None
        velocity = there.target[..., :SPACE] if self.config.prediction == "velocity" else None
        return self.position_loss(
            there.prediction[..., :SPACE],
            there.clean[..., :SPACE],
            draw.time,
            data_at=self.config.data_at,
            velocity=velocity,
            mask=batch.mask,
            noisy=there.noisy[..., :SPACE],
            time_weight=self.config.time_weight,
            length_scale=self.scaling.positions,
            numbers=batch.charges.squeeze(-1).long(),
            features=there.clean[..., SPACE:],
        )

    def _field(self, mask: Tensor) -> solvers.Field:
        """Where sampling goes from molecules on their way, at one noise level."""

        def field(noisy: Tensor, level: float) -> Tensor:
            levels = torch.full((len(mask),), level, device=mask.device, dtype=noisy.dtype)
            noisy = torch.cat([centred(noisy[..., :SPACE], mask), noisy[..., SPACE:]], dim=-1)
            return path.toward_data(
                self.predict(noisy, levels, mask),
                noisy,
                level,
                prediction=self.config.prediction,
                data_at=self.config.data_at,
            )

        return field

    def _noise(self, mask: Tensor) -> Tensor:
        return molecule_noise(mask, self.features, self.origin.dtype)

    def _decode(self, made: Tensor, mask: Tensor) -> Sampled:
        positions = centred(made[..., :SPACE] * self.scaling.positions, mask)
        index = torch.nan_to_num(self.scaling.types_of(made)).argmax(-1) * mask
        if not self.config.include_charges:
            return Sampled(positions, index, mask)
        numbers = torch.nan_to_num(torch.round(self.scaling.charges_of(made))).long()
        return Sampled(positions, index, mask, numbers=numbers.squeeze(-1) * mask)


def _finite(prediction: Tensor) -> Tensor:
    return torch.isfinite(prediction).flatten(1).all(1)
