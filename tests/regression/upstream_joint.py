"""JODO's objective and its samplers with its own network and our draws, and the same for our model.

Weights follow the recipe of `upstream_dgt`. Nothing here imports upstream until a checkout is
named; then torch_geometric and torch_scatter are needed, for its network.
"""

import contextlib
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import torch
import upstream_dgt
from torch import Tensor
from upstream_jodo import losses_of
from upstream_models import ELEMENTS, molecules

from eloss_plugins.data.batch import Batch
from eloss_plugins.trainers.generator import PositionLoss
from eloss_plugins.trainers.jodo_model.config import JodoConfig
from eloss_plugins.trainers.jodo_model.draw import JointDraw
from eloss_plugins.trainers.jodo_model.model import Jodo
from eloss_plugins.trainers.jodo_model.state import JointState
from eloss_plugins.trainers.molecule_noise import SPACE, centred

_BASE = JodoConfig(features=32, layers=2, heads=4, dropout=0.0)
VARIANTS = {
    "default": _BASE,
    "clamped": replace(_BASE, clamp_condition=True),
    "aromatic": replace(_BASE, bond_channels=3, charge_range=(-2.0, 3.0), clamp_condition=True),
    "unaligned": replace(_BASE, align=False, reduce_mean=True),
    "linear": replace(_BASE, schedule="linear", norm_values=(2.0, 3.0, 5.0, 2.0)),
    "polynomial": replace(_BASE, schedule="polynomial", centred=False),
    "chargeless": replace(_BASE, include_formal_charges=False, loss_weights=(2.0, 0.5, 0.3)),
}
SAMPLERS = {
    "ancestral": _BASE,
    "ancestral-linear": replace(_BASE, schedule="linear"),
    "ancestral-polynomial": replace(_BASE, schedule="polynomial"),
    **{
        f"single-{order}": replace(_BASE, sampler="dpm-solver", solver_order=order)
        for order in (1, 2, 3)
    },
    **{
        f"multi-{order}": replace(
            _BASE, sampler="dpm-solver", solver_order=order, solver_steps="multi"
        )
        for order in (1, 2)
    },
}
CALLS = 6  # of the network in sampling
UPSTREAM_SCHEDULE = {"cosine": "cosine", "linear": "linear", "polynomial": "discrete_poly"}
SIZES = (5, 9, 1, 7)
TIMES = (0.15, 0.35, 0.6, 0.95)  # where float32 serves upstream too
ENDS = (1e-5, 1e-3, 0.5, 0.9946)  # where float32 fails upstream, so in float64
ORDERS = (0.0, 0.0, 1.0, 2.0, 3.0, 1.5)  # what the pairs are drawn from; the last with 3 channels
UPSTREAM_AROMATIC = 4.0


def batch_of(config: JodoConfig) -> Batch:
    """Random molecules with random bonds and formal charges."""
    made = molecules(SIZES, padding=1, seed=21)
    random = torch.Generator().manual_seed(22)
    kinds = ORDERS if config.bond_channels == 3 else ORDERS[:-1]
    count, atoms = made.mask.shape
    kind = torch.randint(len(kinds), (count, atoms, atoms), generator=random).triu(1)
    bonds = torch.tensor(kinds)[kind + kind.transpose(1, 2)] * upstream_dgt.pairs_of(made.mask)
    charges = torch.randint(-1, 2, (count, atoms, 1), generator=random) * made.mask.unsqueeze(-1)
    return replace(made, bonds=bonds, formal_charges=charges.float())


def noise_of(config: JodoConfig, seed: int = 23) -> JointState:
    """Noise as both codes would draw it, for the molecules of `batch_of`."""
    mask = batch_of(config).mask
    random = torch.Generator().manual_seed(seed)
    width = SPACE + len(ELEMENTS) + int(config.include_formal_charges)
    atoms = torch.randn((*mask.shape, width), generator=random) * mask.unsqueeze(-1)
    atoms = torch.cat([centred(atoms[..., :SPACE], mask), atoms[..., SPACE:]], dim=-1)
    pairs = upstream_dgt.pairs_of(mask)
    bonds = torch.randn((*pairs.shape, config.bond_channels), generator=random)
    bonds = (bonds + bonds.transpose(1, 2)) / 2**0.5 * pairs.unsqueeze(-1)
    return JointState(atoms, bonds)


def draw_of(config: JodoConfig, times: tuple[float, ...], *, condition: bool) -> JointDraw:
    return JointDraw(torch.tensor(times), noise_of(config), condition)


def our_model(config: JodoConfig, position_loss: PositionLoss | None = None) -> Jodo:
    return Jodo(upstream_dgt.our_network(config), config, len(ELEMENTS), position_loss)


def in_double(value: object) -> object:
    """A frozen dataclass of tensors with its floating ones in float64."""
    changed = {}
    for name, part in vars(value).items():
        if isinstance(part, JointState):
            changed[name] = in_double(part)
        elif isinstance(part, Tensor) and part.is_floating_point():
            changed[name] = part.double()
    return replace(value, **changed)


@dataclass(frozen=True)
class Upstream:
    """The modules of a checkout that are called."""

    losses: ModuleType
    networks: ModuleType
    schedules: ModuleType
    sampling: ModuleType
    solver: ModuleType


def upstream_of(checkout: Path) -> Upstream:
    networks = upstream_dgt.upstream_networks(checkout)
    names = ("diffusion.noise_schedule", "sampling", "mix_dpm_solver", "losses")
    roots = {name.split(".")[0] for name in names} | {"utils", "cond_gen", "models"}
    before = {n: m for n, m in sys.modules.items() if n.split(".")[0] in roots - {"models"}}
    for name in before:
        del sys.modules[name]
    sys.path.insert(0, str(checkout))
    try:
        schedules, sampling, solver = (importlib.import_module(name) for name in names[:3])
    finally:
        sys.path.remove(str(checkout))
        for name in [n for n in sys.modules if n.split(".")[0] in roots]:
            del sys.modules[name]
        sys.modules.update(before)
    return Upstream(losses_of(checkout), networks, schedules, sampling, solver)


def upstream_config(config: JodoConfig) -> SimpleNamespace:
    """As much of upstream's configuration as its objective and its samplers read."""
    made = upstream_dgt.upstream_config(config)
    positions, types, charges, bonds = config.norm_values
    vars(made.model).update(
        include_fc_charge=config.include_formal_charges,
        noise_align=config.align,
        loss_weights=",".join(map(str, config.loss_weights)),
        normalize_factors=[positions, types, charges, bonds],
        self_cond=config.self_condition,
        self_cond_type="clamp" if config.clamp_condition else "ori",
    )
    vars(made.data).update(
        centered=config.centred, compress_edge=True, fc_scale=list(config.charge_range)
    )
    steps = {"single": "singlestep_fixed", "multi": "multistep"}[config.solver_steps]
    made.sampling = SimpleNamespace(
        steps=CALLS, dpm_solver_order=config.solver_order, dpm_solver_method=steps
    )
    made.training = SimpleNamespace(reduce_mean=config.reduce_mean, use_energy_loss=False)
    made.device = "cpu"
    return made


def upstream_batch(batch: Batch, channels: int) -> dict[str, Tensor]:
    """As JODO's loaders give it."""
    orders = batch.bonds
    aromatic = orders == 1.5
    edges = torch.stack([orders > 0, orders.masked_fill(aromatic, 0.0) / 3, aromatic], dim=-1)
    pairs = upstream_dgt.pairs_of(batch.mask).reshape(-1, 1).to(orders)
    return {
        "positions": batch.positions,
        "atom_mask": batch.mask.to(batch.positions),
        "edge_mask": pairs,
        "atom_one_hot": batch.one_hot,
        "edge_one_hot": edges[..., :channels].to(orders),
        "formal_charges": batch.formal_charges,
    }


def upstream_losses(
    upstream: Upstream,
    config: JodoConfig,
    batch: Batch,
    draw: JointDraw,
    *,
    settings: SimpleNamespace | None = None,
) -> Tensor:
    """The objective of each molecule, `(molecules,)`, as training computes it."""
    losses, wide = upstream.losses, batch.positions.dtype
    settings = settings or upstream_config(config)
    with _default(wide), _answering(losses, draw) as seen:
        levels = upstream.schedules.NoiseScheduleVP(UPSTREAM_SCHEDULE[config.schedule], dtype=wide)
        loss_fn = losses.get_sde_graph_loss_fn(
            levels, True, losses.get_data_scaler(settings), settings
        )
        network = upstream_dgt.upstream_network(upstream.networks, config).to(wide)
        mean = loss_fn(network, upstream_batch(batch, config.bond_channels))
    (values,) = seen
    assert torch.equal(values.mean(), mean)
    return values.detach()


@contextlib.contextmanager
def _answering(losses: ModuleType, draw: JointDraw) -> Iterator[list[Tensor]]:
    """Within the block upstream's objective draws `draw`; gives what it takes the mean of."""
    seen: list[Tensor] = []
    original_rand, original_mean = torch.rand, Tensor.mean

    def mean(self: Tensor, *given: object, **more: object) -> Tensor:
        if self.dim() == 1 and not given and not more:
            seen.append(self)
        return original_mean(self, *given, **more)

    def rand(*_: object, **__: object) -> Tensor:
        """First of all t = rand (1 - 1e-5) + 1e-5; edge sets that draw come later."""
        torch.rand = original_rand
        return (draw.time - 1e-5) / (1 - 1e-5)

    losses.sample_combined_position_feature_noise = lambda *_: draw.noise.atoms.clone()
    losses.sample_symmetric_edge_feature_noise = lambda *_: draw.noise.bonds.clone()
    losses.random = lambda: 0.0 if draw.condition else 1.0
    torch.rand = rand
    Tensor.mean = mean
    try:
        yield seen
    finally:
        torch.rand, Tensor.mean = original_rand, original_mean


@contextlib.contextmanager
def _default(kind: torch.dtype) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(kind)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def sampling_noises(config: JodoConfig) -> list[JointState]:
    """The start, then the noise of each step, in float64."""
    return [in_double(noise_of(config, seed=40 + number)) for number in range(CALLS + 1)]


def upstream_sample(upstream: Upstream, config: JodoConfig) -> JointState:
    """What upstream's sampler makes of `sampling_noises`, in float64."""
    noises = sampling_noises(config)
    with _default(torch.float64):
        return _upstream_sample(upstream, config, noises)


def _upstream_sample(
    upstream: Upstream, config: JodoConfig, noises: list[JointState]
) -> JointState:
    start, *rest = noises
    mask = batch_of(config).mask
    levels = upstream.schedules.NoiseScheduleVP(
        UPSTREAM_SCHEDULE[config.schedule], dtype=torch.float64
    )
    network = upstream_dgt.upstream_network(upstream.networks, config).double()
    settings = upstream_config(config)
    real = mask.unsqueeze(-1).double()
    pairs = upstream_dgt.pairs_of(mask).reshape(-1, 1).double()
    atoms, bonds, positions = (iter(rest) for _ in range(3))
    sampling, solver = upstream.sampling, upstream.solver
    sampling.sample_combined_position_feature_noise = lambda *_: next(atoms).atoms
    sampling.sample_symmetric_edge_feature_noise = lambda *_: next(bonds).bonds
    solver.sample_center_gravity_zero_gaussian_with_mask = lambda *_: next(positions).positions
    if config.sampler == "ancestral":
        times = torch.linspace(levels.T, 1e-3, CALLS)
        process = sampling.get_self_cond_fn(settings)
        sampler = sampling.AncestralSampler(levels, times, True, True, True, process)
    else:
        sampler = solver.DPM_Solver_hybrid(levels, settings)
    with torch.no_grad():
        return JointState(*sampler.sampling(network, start.atoms, real, pairs, start.bonds))


def our_sample(config: JodoConfig) -> JointState:
    """What our sampler makes of `sampling_noises`; its own draws must be replaced by them."""
    model = our_model(config).double()
    start = sampling_noises(config)[0]
    steps = model.sampling_steps(CALLS)
    with torch.no_grad():
        return model.sampled(start, batch_of(config).mask, steps)
