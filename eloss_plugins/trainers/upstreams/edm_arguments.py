"""Upstream's command-line arguments and our model configuration, both ways."""

import argparse
from dataclasses import dataclass
from typing import Any

from eloss_plugins.errors import Refused
from eloss_plugins.trainers import edm, gdm, gdm_aug
from eloss_plugins.trainers.diffusion.config import DiffusionConfig
from eloss_plugins.trainers.spec import TrainerSpec

# order of atom types in upstream's data sets: (name, hydrogens removed) -> atomic numbers
_QM9 = (1, 6, 7, 8, 9)
_GEOM = (1, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17, 33, 35, 53, 80, 83)
ELEMENTS = {"qm9": _QM9, "qm9_second_half": _QM9, "qm9_first_half": _QM9, "geom": _GEOM}
HYDROGEN = 1

# our field -> upstream's argument, where the value is the same
SAME_VALUE = {
    "layers": "n_layers",
    "features": "nf",
    "timesteps": "diffusion_steps",
    "schedule": "diffusion_noise_schedule",
    "precision": "diffusion_noise_precision",
    "include_charges": "include_charges",
    "attention": "attention",
    "tanh": "tanh",
    "norm_constant": "norm_constant",
    "inv_sublayers": "inv_sublayers",
    "sin_embedding": "sin_embedding",
    "normalization_factor": "normalization_factor",
    "aggregation": "aggregation_method",
    "condition_time": "condition_time",
}
LATER_ARGUMENTS = {"normalization_factor": 1.0, "aggregation_method": "sum"}  # absent in old runs


@dataclass(frozen=True)
class UpstreamModel:
    """What an upstream run trained.

    Attributes:
        spec: the reference trainer that it corresponds to.
        config: its sizes.
        elements: atomic numbers in the order of its types.
        uses_ema: whether the run kept averaged weights.
    """

    spec: TrainerSpec
    config: DiffusionConfig
    elements: tuple[int, ...]
    uses_ema: bool


def from_arguments(arguments: argparse.Namespace) -> UpstreamModel:
    """The model that upstream's arguments describe.

    Raises:
        Refused: conditional, of another data set or network, or with an argument missing.
    """
    given = {**LATER_ARGUMENTS, **vars(arguments)}
    _refuse_other_models(given)
    values = {field: _get(given, name) for field, name in SAME_VALUE.items()}
    positions, types, charges = (float(value) for value in _get(given, "normalize_factors"))
    config = DiffusionConfig(
        **values,
        norm_values=(positions, types, charges),
        count_padding=True,
        counted="padded",
    )
    return UpstreamModel(_spec(given), config, _elements(given), _get(given, "ema_decay") > 0)


def to_arguments(
    spec: TrainerSpec, config: DiffusionConfig, elements: tuple[int, ...]
) -> argparse.Namespace:
    """Arguments from which upstream's own scripts rebuild the model.

    Raises:
        Refused: upstream has no data set with these elements in this order, or no such setting.
    """
    if any(config.norm_biases):
        raise Refused("upstream has no argument for `norm_biases`; they must be 0 to be exported")
    dataset, remove_h = _dataset(elements)
    values = {name: getattr(config, field) for field, name in SAME_VALUE.items()}
    return argparse.Namespace(
        **values,
        normalize_factors=list(config.norm_values),
        model="egnn_dynamics" if spec.target == edm.SPEC.target else "gnn_dynamics",
        data_augmentation=spec.augment is not None,
        dataset=dataset,
        remove_h=remove_h,
        probabilistic_model="diffusion",
        diffusion_loss_type="l2",
        conditioning=[],
        context_node_nf=0,
        ema_decay=0.9999,
        no_cuda=False,
    )


def _get(given: dict[str, Any], name: str) -> Any:
    if name not in given:
        raise Refused(f"upstream's arguments lack `{name}`: they are not of an EDM training run")
    return given[name]


def _refuse_other_models(given: dict[str, Any]) -> None:
    if given.get("conditioning"):
        raise Refused(
            f"the model is conditioned on {', '.join(given['conditioning'])};"
            " only unconditional models can be loaded"
        )
    if _get(given, "diffusion_noise_schedule") == "learned":
        raise Refused("the model has a learned noise schedule; only fixed schedules can be loaded")


def _spec(given: dict[str, Any]) -> TrainerSpec:
    plain = gdm_aug.SPEC if given.get("data_augmentation") else gdm.SPEC
    specs = {"egnn_dynamics": edm.SPEC, "gnn_dynamics": plain}
    model = _get(given, "model")
    if model not in specs:
        raise Refused(f"upstream's network `{model}` is not one of {', '.join(specs)}")
    return specs[model]


def _elements(given: dict[str, Any]) -> tuple[int, ...]:
    dataset = _get(given, "dataset")
    if dataset not in ELEMENTS:
        raise Refused(f"upstream's data set `{dataset}` is not one of {', '.join(ELEMENTS)}")
    elements = ELEMENTS[dataset]
    return tuple(z for z in elements if z != HYDROGEN) if given.get("remove_h") else elements


def _dataset(elements: tuple[int, ...]) -> tuple[str, bool]:
    for name in ("qm9", "geom"):
        for remove_h in (False, True):
            if _elements({"dataset": name, "remove_h": remove_h}) == tuple(elements):
                return name, remove_h
    raise Refused(
        f"upstream has no data set with the elements {tuple(elements)} in this order;"
        f" it has {_QM9} (qm9) and {_GEOM} (geom), with or without 1"
    )
