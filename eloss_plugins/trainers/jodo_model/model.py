"""JODO: the training objective and sampling around the graph transformer."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from eloss_plugins.data.batch import Batch
from eloss_plugins.trainers.generator import ERROR, Generator, OnStep, PositionLoss, Sampled
from eloss_plugins.trainers.jodo_model import objective
from eloss_plugins.trainers.jodo_model.alignment import turned_onto
from eloss_plugins.trainers.jodo_model.ancestral import sample_ancestral
from eloss_plugins.trainers.jodo_model.config import JodoConfig
from eloss_plugins.trainers.jodo_model.dpm_solver import DpmSolver
from eloss_plugins.trainers.jodo_model.draw import JointDraw
from eloss_plugins.trainers.jodo_model.noise import joint_noise
from eloss_plugins.trainers.jodo_model.objective import Parts
from eloss_plugins.trainers.jodo_model.scaling import JointScaling
from eloss_plugins.trainers.jodo_model.schedule import FIRST, SCHEDULES, Level
from eloss_plugins.trainers.jodo_model.state import JointState
from eloss_plugins.trainers.molecule_noise import centred, mask_of

CONDITIONED = 0.5  # share of batches whose network sees its own first answer


@dataclass(frozen=True)
class Noised:
    """A batch at its noise levels, and the network's answer.

    Attributes:
        clean: the scaled molecules.
        target: `(molecules, atoms, 3)` scaled positions that the answer is compared with.
        prediction: the network's clean molecules.
        level: alpha and sigma, `(molecules,)`.
    """

    clean: JointState
    target: Tensor
    prediction: JointState
    level: Level


class Jodo(Generator):
    """Joint diffusion of positions, atom types, formal charges and bonds.

    The state dict has the network's keys alone: `dynamics.*`.

    Args:
        network: (noisy, log SNR, mask, condition) -> clean molecules.
        config: sizes and choices.
        elements: number of element types.
        position_loss: replaces the squared error of positions; None keeps it.
    """

    measure = ERROR

    def __init__(
        self,
        network: nn.Module,
        config: JodoConfig,
        elements: int,
        position_loss: PositionLoss | None = None,
    ):
        super().__init__()
        self.dynamics = network
        self.config = config
        self.scaling = JointScaling.of(config)
        self.schedule = SCHEDULES[config.schedule]
        self.elements = elements
        self.position_loss = position_loss

    @property
    def timesteps(self) -> int:
        """Network calls of sampling when none are asked for."""
        return self.sampling_steps(None)

    def sampling_steps(self, asked: int | None) -> int:
        """Steps of the sampler with `asked` network calls: a single step of a solver takes some."""
        calls = self.config.timesteps if asked is None else asked
        return max(1, calls // self._calls_a_step)

    @property
    def _calls_a_step(self) -> int:
        is_single = self.config.sampler == "dpm-solver" and self.config.solver_steps == "single"
        return self.config.solver_order if is_single else 1

    def draw(self, batch: Batch) -> JointDraw:
        """Times, noise and the coin for `batch` from torch's global generators.

        Times are uniform and end where the schedule does, short of 1 on the cosine. The coin is
        thrown once for the batch: a network call is made for all molecules or for none.
        """
        kind = batch.positions.dtype
        uniform = torch.rand(len(batch.mask), device=batch.mask.device, dtype=kind)
        time = (uniform * (1 - FIRST) + FIRST).clamp(max=self.schedule.end)
        noise = joint_noise(batch.mask, *self._columns, kind)
        # on the CPU, so that the answer need not come back from a device
        return JointDraw(time, noise, bool(torch.rand(()) < CONDITIONED))

    def training_losses(self, batch: Batch) -> dict[str, Tensor]:
        """The training objective at random times; see `losses_at`."""
        return self.losses_at(batch, self.draw(batch))

    def losses_at(self, batch: Batch, draw: JointDraw) -> dict[str, Tensor]:
        """The training objective for given times, noise and coin.

        Args:
            batch: molecules with bonds.
            draw: the random numbers.

        Returns:
            `(molecules,)` tensors: `loss`, what is optimised, is the sum of `position`, `feature`
            and `bond`, each with its weight and sqrt(alpha / sigma); `error` is JODO's own
            objective whatever the loss, `finite` is false where prediction or loss is not finite.
        """
        noised = self.noised(batch, draw)
        own = objective.squared_errors(noised.prediction, noised.clean, noised.target)
        parts = self._weighted(self._with_position_loss(own, noised, batch), noised, batch)
        finite = torch.isfinite(parts.total) & _finite(noised.prediction)
        return {
            "loss": parts.total,
            "position": parts.position,
            "feature": parts.feature,
            "bond": parts.bond,
            "error": self._weighted(own, noised, batch).total.detach(),
            "finite": finite,
        }

    @torch.no_grad()
    def validation(self, batch: Batch) -> Tensor:
        """JODO's own objective at random times, coin included; the position loss plays no part."""
        noised = self.noised(batch, self.draw(batch))
        own = objective.squared_errors(noised.prediction, noised.clean, noised.target)
        return self._weighted(own, noised, batch).total

    @torch.no_grad()
    def sample(
        self,
        num_atoms: Tensor,
        *,
        steps: int | None = None,
        on_step: OnStep | None = None,
    ) -> Sampled:
        """New molecules with bonds; one that diverges keeps its non-finite positions.

        Args:
            num_atoms: `(molecules,)` int64, atoms of each.
            steps: network calls; `config.timesteps` when None.
            on_step: called after each step with (done, all).
        """
        parameter = next(self.parameters())
        mask = mask_of(num_atoms, parameter.device)
        start = joint_noise(mask, *self._columns, parameter.dtype)
        made = self.sampled(start, mask, self.sampling_steps(steps), on_step)
        return self._decode(made, mask)

    def noised(self, batch: Batch, draw: JointDraw) -> Noised:
        """Noise `batch` as `draw` says and ask the network, twice if the coin says so."""
        clean, level = self.scaling.encode(batch), self.schedule(draw.time)
        noisy = objective.noisy(clean, draw.noise, level)
        target = clean.positions
        if self.config.align:
            target = turned_onto(noisy.positions, target)
        condition = None
        if self.config.self_condition and draw.condition:
            with torch.no_grad():
                condition = self.conditioning(self.predict(noisy, level, batch.mask))
        prediction = self.predict(noisy, level, batch.mask, condition)
        return Noised(clean, target, prediction, level)

    def predict(
        self, noisy: JointState, level: Level, mask: Tensor, condition: JointState | None = None
    ) -> JointState:
        """The network's clean molecules, in the type of `noisy`."""
        answer: JointState = self.dynamics(noisy, level.log_snr, mask, condition)
        return JointState(answer.atoms.to(noisy.atoms.dtype), answer.bonds.to(noisy.bonds.dtype))

    def conditioning(self, prediction: JointState) -> JointState:
        """What the network is shown of its own answer."""
        return self.scaling.clamped(prediction) if self.config.clamp_condition else prediction

    @property
    def _columns(self) -> tuple[int, int]:
        return self.scaling.width(self.elements), self.scaling.bond_channels

    def _with_position_loss(self, own: Parts, noised: Noised, batch: Batch) -> Parts:
        if self.position_loss is None:
            return own
        position = self.position_loss(
            noised.prediction.positions,
            noised.target,
            batch.mask,
            features=noised.clean.features,
            numbers=batch.charges.squeeze(-1).long(),
            adjacency=self.scaling.channels(batch),
            length_scale=self.scaling.positions,
        )
        return Parts(position, own.feature, own.bond)

    def _weighted(self, parts: Parts, noised: Noised, batch: Batch) -> Parts:
        if self.config.reduce_mean:
            parts = parts.divided(batch.mask)
        return parts.weighted(self.config.loss_weights, objective.factor(noised.level))

    def sampled(
        self, start: JointState, mask: Tensor, steps: int, on_step: OnStep | None = None
    ) -> JointState:
        """Scaled molecules from noise, by the sampler of the configuration.

        Args:
            start: standard normal.
            mask: `(molecules, atoms)` bool.
            steps: as `sampling_steps` gives them.
            on_step: called after each step.
        """
        network = Carrying(self, mask)
        if self.config.sampler == "ancestral":
            return sample_ancestral(
                network, self.schedule, start, mask, steps=steps, on_step=on_step
            )
        solver = DpmSolver(network, self.schedule, mask, self.config.solver_order)
        run = solver.single if self.config.solver_steps == "single" else solver.multi
        return run(start, steps, on_step)

    def _decode(self, state: JointState, mask: Tensor) -> Sampled:
        positions = centred(state.positions * self.scaling.positions, mask)
        charges = self.scaling.formal_charges(state)
        return Sampled(
            positions,
            self.scaling.type_scores(state).argmax(-1) * mask,
            mask,
            bonds=self.scaling.orders(state, mask),
            formal_charges=None if charges is None else charges * mask,
        )


class Carrying:
    """The network along one chain of sampling: each answer is the next call's condition.

    Args:
        model: whose network it is.
        mask: `(molecules, atoms)` bool.
    """

    def __init__(self, model: Jodo, mask: Tensor) -> None:
        self.model = model
        self.mask = mask
        self.condition: JointState | None = None

    def __call__(self, noisy: JointState, level: Level) -> JointState:
        """The clean molecules behind `noisy`, at a level of scalars of any type."""
        prediction = self.model.predict(noisy, self._of_all(level), self.mask, self.condition)
        if self.model.config.self_condition:
            self.condition = self.model.conditioning(prediction)
        return prediction

    def _of_all(self, level: Level) -> Level:
        """The level for each molecule, in the type and on the device of the weights."""
        like = next(self.model.parameters())
        both = (part.to(like.dtype).to(like.device) for part in (level.alpha, level.sigma))
        return Level(*(part.expand(len(self.mask)) for part in both))


def _finite(state: JointState) -> Tensor:
    atoms, bonds = (torch.isfinite(part).flatten(1).all(1) for part in (state.atoms, state.bonds))
    return atoms & bonds
