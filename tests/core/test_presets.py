"""Presets resolve to the published numbers, and each builds a loss that runs."""

import pytest
import torch

from eloss_plugins.core import LOSSES, STIFFNESS_LAWS, Kabsch, LossBatch
from eloss_plugins.core.presets import PRESETS, tuned
from eloss_plugins.data.load import load
from eloss_plugins.testing import bonded_example

CASES = [
    (name, loss, law)
    for name, preset in PRESETS.items()
    for loss in preset.losses
    for law in (preset.stiffness if loss == "energy" else [None])
]


def build(loss, options):
    law = {key.split(".")[1]: value for key, value in options.items() if "." in key}
    own = {key: value for key, value in options.items() if "." not in key and key != "stiffness"}
    if "stiffness" in options:
        own["stiffness"] = STIFFNESS_LAWS[options["stiffness"]](**law)
    return LOSSES[loss](**own)


@pytest.mark.parametrize(("preset", "loss", "law"), CASES)
def test_every_preset_builds_a_finite_loss(preset, loss, law):
    assert build(loss, PRESETS[preset].options(loss, law))(bonded_example()).isfinite().all()


@pytest.mark.parametrize(
    ("preset", "prefactors"),
    [
        ("paper", {"inverse": 1, "inverse-square": 1, "exponential": 1, "constant": 1}),
        ("authors-edm", {"inverse": 5, "inverse-square": 16, "exponential": 42, "constant": 1}),
        ("authors-jodo", {"inverse": 3.7, "inverse-square": 9, "exponential": 24, "constant": 1}),
        ("authors-shapes", {"exponential": 2.6, "constant": 1}),
    ],
)
def test_prefactors_are_those_of_the_source(preset, prefactors):
    for law, prefactor in prefactors.items():
        assert PRESETS[preset].options("energy", law)["stiffness.prefactor"] == prefactor


def test_the_authors_lennard_jones_is_9_when_bonded_and_9_over_the_square_otherwise():
    options = PRESETS["authors-edm"].options("energy", "lennard-jones")
    assert options["stiffness.bonded"] == 72 * options["stiffness.well_depth"] == 9


def test_the_authors_edm_law_sees_features():
    options = PRESETS["authors-edm"].options("energy")
    assert (options["distances"], options["reduction"], options["weight"]) == (
        "features",
        "per_atom",
        0.05,
    )


@pytest.mark.parametrize(
    ("trainer", "loss", "law", "rate", "weight"),
    [
        ("gdm", "energy", None, 4e-4, 0.05),
        ("gdm-aug", "energy", "inverse", 7e-4, 0.05),
        ("gdm", "mse", None, 1e-3, 1.5),
        ("gdm", "mae", None, 1e-3, 0.8),
        ("edm", "energy", "inverse-square", 1e-4, 0.1),
        ("edm", "kabsch", None, 3e-4, 0.8),
        ("jodo", "energy", None, 2e-4, 1.0),
        ("jodo", "mse", None, 2e-4, 1 / 3),
        ("jodo", "kabsch", None, 2e-4, 1 / 3),
    ],
)
def test_tuned_values_are_the_published_ones(trainer, loss, law, rate, weight):
    found = tuned(trainer, loss, law)
    assert (found.learning_rate, found.options["weight"]) == (rate, weight)
    assert "distances" not in found.options


@pytest.mark.parametrize(("trainer", "prefactor"), [("edm", 42), ("jodo", 24)])
def test_tuned_coefficients_are_those_for_the_trainer(trainer, prefactor):
    assert tuned(trainer, "energy").options["stiffness.prefactor"] == prefactor


def test_what_nobody_published_is_none():
    assert tuned("jodo", "mae") is None
    assert tuned("semlaflow", "energy") is None
    assert tuned("gdm", "energy", "morse") is None
    assert PRESETS["authors-jodo"].options("mae") is None
    assert PRESETS["authors-jodo"].options("energy", "morse") is None


def test_jodos_squared_error_sums_atoms_and_averages_coordinates():
    loss = build("kabsch", PRESETS["authors-jodo"].options("kabsch"))
    batch = bonded_example()
    expected = Kabsch(reduction="sum")(batch) / 3
    assert (loss(batch) - expected).abs().max() < 1e-12


@pytest.mark.parametrize("law", ["exponential", "inverse", "inverse-square", "constant"])
def test_a_balanced_energy_is_as_large_as_the_mean_squared_error(law):
    """For small random errors of the bundled molecules; a constant sees their number of atoms."""
    energy = build("energy", PRESETS["balanced"].options("energy", law))
    molecules = load("bundled").molecules
    random = torch.Generator().manual_seed(0)
    ratios = []
    for place in range(0, len(molecules), len(molecules) // 40):
        target = torch.as_tensor(molecules[place].positions, dtype=torch.float64).expand(8, -1, -1)
        error = 1e-3 * torch.randn(target.shape, generator=random, dtype=torch.float64)
        one = torch.ones(8, dtype=torch.float64)
        found = energy(LossBatch(target=target, residual=error, signal=one, noise=one)).mean()
        ratios.append(float(found / error.square().mean()))
    assert sum(ratios) / len(ratios) == pytest.approx(1, abs=0.15)
