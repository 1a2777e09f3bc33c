"""What the patched EDM computes: likelihood, the authors' energies, the paper's formula."""

import math
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import records
import torch
from torch import Tensor
from torch.testing import assert_close
from upstream_models import (
    ELEMENTS,
    UPSTREAM_FOLDERS,
    VARIANTS,
    molecules,
    upstream_arguments,
    upstream_model,
    upstream_modules,
)

from eloss_plugins import host
from eloss_plugins.patched.loss import PatchedLoss
from eloss_plugins.position_loss.first_batch import ANY_UNIT

TRAINING = records.under("training", records.load("authors_losses"))
RECORDED = ("step", "positions", "features")
WEIGHT = 0.05


@pytest.fixture(autouse=True)
def _recorded_molecules_have_random_positions(monkeypatch):
    monkeypatch.setenv(ANY_UNIT, "1")


@pytest.fixture(autouse=True)
def _no_upstream_stays_imported() -> Iterator[None]:
    yield
    for name in [name for name in sys.modules if name.split(".")[0] in UPSTREAM_FOLDERS]:
        del sys.modules[name]


def model_of(checkout: Path, name: str, options: str | None = None) -> torch.nn.Module:
    """The variant, its weights decided by the name alone; its loss is the energy with `options`."""
    torch.manual_seed(0)
    model = upstream_model(upstream_modules(checkout), VARIANTS[name])
    if options is not None:
        bound = host.bind("gdm", "energy", options)
        type(model).position_loss = PatchedLoss(bound, ELEMENTS)
    return model


def seeded(model: torch.nn.Module) -> Tensor:
    torch.manual_seed(3)
    with torch.no_grad():
        return model(*upstream_arguments(molecules((6, 3, 8), padding=2, seed=7)))


@pytest.mark.parametrize("name", ["egnn", "gnn"])
def test_the_likelihood_is_the_same_number(edm, patched_edm, name):
    expected = seeded(model_of(edm, name).eval())
    assert torch.equal(seeded(model_of(patched_edm, name, "preset=tuned").eval()), expected)


def test_the_state_dict_is_upstreams(edm, patched_edm):
    ours = model_of(patched_edm, "gnn", "preset=tuned").state_dict()
    assert ours.keys() == model_of(edm, "gnn").state_dict().keys()


def replayed(monkeypatch, model: torch.nn.Module) -> Tensor:
    """The training loss for the recorded weights, steps and noise."""
    draws = iter([TRAINING[name] for name in RECORDED])
    for name in ("randint", "randn"):
        monkeypatch.setattr(torch, name, lambda *_, **__: next(draws).clone())
    found = model(*upstream_arguments(molecules_of_the_record))
    assert not list(draws)
    return found


# made before anything of torch is replaced
molecules_of_the_record = molecules((4, 9, 6, 2), padding=1, seed=4)


def test_the_authors_preset_gives_the_authors_training_loss(patched_edm, monkeypatch):
    model = model_of(patched_edm, "gnn", f"preset=authors-edm,weight={WEIGHT}").train()
    weights = records.under("weights", TRAINING)
    assert not model.load_state_dict(weights, strict=False).unexpected_keys
    assert_close(replayed(monkeypatch, model), TRAINING["loss/energy"], rtol=1e-5, atol=1e-5)


def formula(seen: dict[str, Tensor]) -> list[float]:
    """Eq. 7 with k = exp(-d) times alpha^2 / sigma^2, in plain Python, for what the model saw."""
    alpha, sigma = seen["alpha"], seen["sigma"]
    noisy = alpha * seen["positions"] + sigma * seen["noise"]
    guessed = (noisy - sigma * seen["prediction"]) / alpha
    sums = []
    for place, size in enumerate(seen["mask"].sum((1, 2)).int().tolist()):
        true, guess = seen["positions"][place].tolist(), guessed[place].tolist()
        total = 0.0
        for i in range(size):
            for j in range(i):
                d, d_hat = math.dist(true[i], true[j]), math.dist(guess[i], guess[j])
                total += math.exp(-d) * (d - d_hat) ** 2
        sums.append(total * float(alpha[place] / sigma[place]) ** 2)
    return sums


@pytest.mark.parametrize("name", ["egnn", "gnn"])
def test_the_papers_preset_gives_the_papers_formula(patched_edm, name):
    model = model_of(patched_edm, name, "preset=paper").double().train()
    seen: dict[str, Tensor] = {}
    loss = model.position_loss

    class Watched:
        numbers = staticmethod(loss.numbers)

        def __call__(self, **scene: Tensor) -> Tensor:
            seen.update(scene, found=loss(**scene))
            return seen["found"]

    type(model).position_loss = Watched()
    arguments = [_double(it) for it in upstream_arguments(molecules_of_the_record)]
    torch.manual_seed(3)
    model(*arguments)
    expected = torch.tensor(formula(seen), dtype=torch.float64)
    assert_close(seen["found"], expected, rtol=1e-5, atol=1e-5)


def _double(value: Tensor | dict[str, Tensor]) -> Tensor | dict[str, Tensor]:
    if isinstance(value, dict):
        return {name: tensor.double() for name, tensor in value.items()}
    return value.double()
