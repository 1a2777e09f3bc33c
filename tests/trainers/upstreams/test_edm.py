import argparse
from dataclasses import replace

import pytest
import torch
from toy_batches import ELEMENTS, SIZES, toy_batch

from eloss_plugins.errors import Refused
from eloss_plugins.trainers import edm, gdm, gdm_aug
from eloss_plugins.trainers.upstreams.edm import export_upstream, import_upstream
from eloss_plugins.trainers.upstreams.edm_arguments import from_arguments, to_arguments

UPSTREAM_SIZES = replace(SIZES, count_padding=True, counted="padded")
SPECS = pytest.mark.parametrize("spec", [edm.SPEC, gdm.SPEC, gdm_aug.SPEC], ids=lambda s: s.name)

# what EDM's released QM9 model has in its args.pickle, as far as the model is concerned
RELEASED = {
    "model": "egnn_dynamics", "diffusion_steps": 1000, "diffusion_noise_schedule": "polynomial_2",
    "diffusion_noise_precision": 1e-05, "condition_time": True, "n_layers": 9, "inv_sublayers": 1,
    "nf": 256, "tanh": True, "attention": True, "norm_constant": 1, "sin_embedding": False,
    "dataset": "qm9", "data_augmentation": False, "conditioning": [], "ema_decay": 0.9999,
    "normalize_factors": [1, 4, 10], "remove_h": False, "include_charges": True,
    "normalization_factor": 1,
}  # fmt: skip


def arguments(**changes: object) -> argparse.Namespace:
    return argparse.Namespace(**{**RELEASED, **changes})


def test_the_released_models_arguments_are_the_papers_preset():
    found = from_arguments(arguments())
    paper = edm.SPEC.presets["paper-qm9"]
    assert found.config == replace(paper, count_padding=True, counted="padded")
    assert (found.spec, found.elements, found.uses_ema) == (edm.SPEC, ELEMENTS, True)


@pytest.mark.parametrize(
    ("changes", "spec"),
    [
        ({"model": "gnn_dynamics"}, gdm.SPEC),
        ({"model": "gnn_dynamics", "data_augmentation": True}, gdm_aug.SPEC),
        ({"model": "egnn_dynamics", "data_augmentation": True}, edm.SPEC),
    ],
)
def test_network_and_augmentation_name_the_trainer(changes, spec):
    assert from_arguments(arguments(**changes)).spec is spec


def test_elements_follow_the_data_set():
    assert from_arguments(arguments(remove_h=True)).elements == (6, 7, 8, 9)
    geom = from_arguments(arguments(dataset="geom")).elements
    assert len(geom) == 16
    assert geom[:3] == (1, 5, 6)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"conditioning": ["alpha"]}, "conditioned on alpha"),
        ({"diffusion_noise_schedule": "learned"}, "learned"),
        ({"model": "schnet"}, "schnet"),
        ({"dataset": "zinc"}, "zinc"),
    ],
)
def test_other_models_are_refused_by_name(changes, message):
    with pytest.raises(Refused, match=message):
        from_arguments(arguments(**changes))


@pytest.mark.parametrize("name", ["nf", "model", "dataset", "normalize_factors"])
def test_a_missing_argument_is_named(name):
    given = arguments()
    delattr(given, name)
    with pytest.raises(Refused, match=name):
        from_arguments(given)


@SPECS
def test_a_model_exported_and_imported_computes_the_same(tmp_path, spec):
    model = spec.build(UPSTREAM_SIZES, ELEMENTS)
    export_upstream(tmp_path / "run", model, spec, UPSTREAM_SIZES, ELEMENTS)
    found = import_upstream(tmp_path / "run")
    assert (found.described.spec, found.described.config) == (spec, UPSTREAM_SIZES)
    torch.manual_seed(0)
    expected = model.nll(toy_batch())
    torch.manual_seed(0)
    assert torch.equal(found.model.nll(toy_batch()), expected)


def test_elements_that_upstream_has_not_are_refused_on_export():
    with pytest.raises(Refused, match="elements"):
        to_arguments(edm.SPEC, SIZES, (1, 6, 8))


def test_biases_that_upstream_has_not_are_refused_on_export():
    with pytest.raises(Refused, match="norm_biases"):
        to_arguments(edm.SPEC, replace(SIZES, norm_biases=(0.1, 0.0)), ELEMENTS)


def test_a_folder_without_arguments_or_weights_is_refused(tmp_path):
    with pytest.raises(Refused, match=r"no args\.pickle"):
        import_upstream(tmp_path)
    model = edm.SPEC.build(UPSTREAM_SIZES, ELEMENTS)
    export_upstream(tmp_path, model, edm.SPEC, UPSTREAM_SIZES, ELEMENTS)
    (tmp_path / "generative_model_ema.npy").unlink()
    with pytest.raises(Refused, match="generative_model_ema"):
        import_upstream(tmp_path)


def test_weights_of_another_size_are_refused(tmp_path):
    model = edm.SPEC.build(UPSTREAM_SIZES, ELEMENTS)
    export_upstream(tmp_path, model, edm.SPEC, replace(UPSTREAM_SIZES, features=9), ELEMENTS)
    with pytest.raises(Refused, match=r"of another shape.*expected \(9"):
        import_upstream(tmp_path)
