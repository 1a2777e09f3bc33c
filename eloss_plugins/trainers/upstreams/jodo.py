"""JODO's repository as an upstream: files of its unconditional model in space."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from eloss_plugins.errors import Refused, UsageError
from eloss_plugins.trainers import jodo, rng
from eloss_plugins.trainers.jodo_model.config import JodoConfig
from eloss_plugins.trainers.parts import PRESET, model_config
from eloss_plugins.trainers.upstreams import jodo_sizes
from eloss_plugins.trainers.upstreams.jodo_file import (
    ENDING,
    looks_like_jodo,
    read_file,
    write_file,
)
from eloss_plugins.trainers.upstreams.upstream import Exported, Trained, Upstream, Wanted
from eloss_plugins.trainers.upstreams.weights import load_state

IN_FOLDER = Path("checkpoints", "checkpoint_1.pth")  # where its scripts look in a --workdir
NETWORK = "dynamics."

NAMES = {"polynomial": "discrete_poly"}  # of noise schedules
Render = Callable[[Any], str]
# our setting -> upstream's key in its configuration, and the value there
KEYS: Mapping[str, tuple[str, Render]] = {
    "layers": ("model.n_layers", str),
    "features": ("model.nf", str),
    "heads": ("model.n_heads", str),
    "extra_heads": ("model.n_extra_heads", str),
    "mlp_ratio": ("model.mlp_ratio", str),
    "dropout": ("model.dropout", str),
    "distance_basis": ("model.dist_gbf", str),
    "condition_time": ("model.cond_time", str),
    "centre_layers": ("model.CoM", str),
    "spatial_cutoff": ("model.spatial_cut_off", str),
    "edge_threshold": ("model.edge_quan_th", str),
    "softmax_inf": ("model.softmax_inf", str),
    "bond_channels": ("model.edge_ch", str),
    "self_condition": ("model.self_cond", str),
    "include_formal_charges": ("model.include_fc_charge", str),
    "centred": ("data.centered", str),
    "timesteps": ("sampling.steps", str),
    "schedule": ("sde.schedule", lambda name: str(NAMES.get(name, name))),
    "norm_values": (
        "model.normalize_factors",
        lambda values: ",".join(f"{value:g}" for value in values),
    ),
}
CONFIGURATIONS = {"paper-qm9": "vpsde_qm9_uncond_jodo", "paper-geom": "vpsde_geom_uncond_jodo"}


class JodoUpstream(Upstream):
    """Files `checkpoint_N.pth` of `main.py --mode train`."""

    name = "jodo"
    trainers = ("jodo",)

    def recognises(self, path: Path) -> bool:
        """Whether it is a file that torch saved, of JODO's ending."""
        return looks_like_jodo(path)

    def read(self, path: Path, wanted: Wanted) -> Trained:
        """The model in a file: sizes from its weights, the rest from a preset."""
        found = read_file(path)
        state = dict(found.averaged if wanted.averaged else found.latest)
        elements = jodo_sizes.elements_of(state)
        preset = wanted.settings.get(PRESET, jodo_sizes.DATA_SETS[elements])
        config = config_of(state, {**wanted.settings, PRESET: preset})
        with rng.isolated(torch.device("cpu")):  # first weights are drawn, and then replaced
            model = jodo.SPEC.build(config, elements)
        load_state(model, {NETWORK + name: value for name, value in state.items()}, str(path))
        remarks = (_assumed(config, preset), *_choice_of_heads(state, config))
        return Trained(jodo.SPEC, config, elements, model.eval(), found.step, remarks)

    def files(self, path: Path) -> tuple[Path, ...]:
        """The file itself, or the first checkpoint of a work folder."""
        return (path if path.suffix == ENDING else path / IN_FOLDER,)

    def write(self, path: Path, trained: Trained) -> Exported:
        """A checkpoint for `main.py`, and the settings to give it."""
        if trained.elements not in jodo_sizes.DATA_SETS:
            raise Refused(
                f"JODO has no data set with the elements {trained.elements} in this order; it has "
                + " and ".join(map(str, jodo_sizes.DATA_SETS))
            )
        if any(value != int(value) for value in trained.config.norm_values):
            raise Refused(
                f"JODO reads its divisors as whole numbers; got {trained.config.norm_values}"
            )
        (file,) = self.files(path)
        weights = trained.model.state_dict()
        write_file(
            file, {n.removeprefix(NETWORK): value for n, value in weights.items()}, trained.step
        )
        return Exported((file,), (_how_to_load(trained.config, trained.elements),))


def config_of(state: Mapping[str, Tensor], settings: Mapping[str, str]) -> JodoConfig:
    """The configuration of the network with these weights.

    Args:
        state: names to tensors.
        settings: of the model; those that the weights show may only repeat it.

    Raises:
        UsageError: a setting that the weights contradict.
        Refused: weights of another network.
    """
    shown = jodo_sizes.inferred(state)
    possible = jodo_sizes.heads_of(state, shown["extra_heads"])
    usual = model_config(jodo.SPEC, {PRESET: settings[PRESET]})
    shown["heads"] = jodo_sizes.chosen_heads(possible, usual.heads, settings.get("heads"))
    asked = model_config(jodo.SPEC, {**shown, **settings})
    for name, value in shown.items():
        if getattr(asked, name) != value:
            raise UsageError(
                f"`{name}` is {value} in the checkpoint; got {settings[name]}. Leave it out"
            )
    config: JodoConfig = asked
    return config


def _assumed(config: JodoConfig, preset: str) -> str:
    values = (f"{name} {_text(getattr(config, name))}" for name in jodo_sizes.NOT_IN_WEIGHTS)
    return f"not in the file, taken from the preset {preset} or as given: {', '.join(values)}"


def _choice_of_heads(state: Mapping[str, Tensor], config: JodoConfig) -> tuple[str, ...]:
    possible = jodo_sizes.heads_of(state, config.extra_heads)
    if len(possible) == 1:
        return ()
    listed = " or ".join(map(str, possible))
    return (f"the weights may be of {listed} heads; {config.heads} are taken",)


def _how_to_load(config: JodoConfig, elements: tuple[int, ...]) -> str:
    """The configuration that upstream needs, as it is kept in no checkpoint."""
    preset = jodo_sizes.DATA_SETS[elements]
    usual = jodo.SPEC.presets[preset]
    flags = [
        f"--config.{key}={render(getattr(config, field))}"
        for field, (key, render) in KEYS.items()
        if getattr(config, field) != getattr(usual, field)
    ]
    command = f"in the checkout: python main.py --config configs/{CONFIGURATIONS[preset]}.py"
    return " ".join([command, *flags])


def _text(value: Any) -> str:
    return "/".join(f"{v:g}" for v in value) if isinstance(value, tuple) else str(value)


JODO = JodoUpstream()
