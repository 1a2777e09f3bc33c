"""A bound loss inside a patched trainer: what it checks, counts, reports and tells observers."""

from argparse import Namespace
from types import SimpleNamespace

import pytest
import torch
from toy_batches import toy_batch

from eloss_plugins import host
from eloss_plugins.patched.edm import elements_of, target_of
from eloss_plugins.patched.loss import PatchedLoss
from eloss_plugins.trainers.molecule_noise import centred


@pytest.fixture
def loss() -> PatchedLoss:
    return PatchedLoss(host.bind("edm", "energy", "preset=paper"), (1, 6, 7, 8, 9))


def scene(**changes: object) -> dict[str, object]:
    batch = toy_batch()
    noise = torch.randn(batch.positions.shape, generator=torch.Generator().manual_seed(1))
    given = {"prediction": torch.zeros_like(noise), "noise": centred(noise, batch.mask)}
    given |= {"positions": batch.positions, "mask": batch.mask.unsqueeze(-1).float()}
    given |= {"alpha": torch.full((3, 1, 1), 0.8), "sigma": torch.full((3, 1, 1), 0.6)}
    return {**given, **changes}


def test_it_gives_what_the_bound_loss_gives(loss):
    assert torch.equal(loss(training=True, **scene()), loss.bound(**scene()))


def test_the_mean_over_what_was_not_trained_on_is_reported_once(loss, capsys):
    logged = []
    logger = SimpleNamespace(log=logged.append)
    loss(training=True, **scene())
    value = loss(training=False, **scene()).mean().item()
    loss.report("Val", logger)
    loss.report("Test", logger)
    assert logged == [{"Val energy": pytest.approx(value)}]
    assert capsys.readouterr().out == f"eloss: Val energy: {value:.4f}\n"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"length_scale": 0.1}, "must be in angstrom"),
        ({"mask": torch.ones(3, 4)}, "`mask` must be bool"),
        ({"positions": torch.full((3, 8, 3), float("nan"))}, "must be finite"),
        ({"noise": torch.ones(3, 8, 3)}, "`noise` must have each molecule's mean at the origin"),
        ({"sigma": torch.ones(2)}, "`sigma` must hold one number"),
    ],
)
def test_a_first_batch_that_is_off_ends_the_run_in_one_sentence(loss, capsys, change, words):
    with pytest.raises(SystemExit) as end:
        loss(training=True, **scene(**change))
    err = capsys.readouterr().err
    assert end.value.code == 2
    assert words in err
    assert err.count("\n") == 1


def test_a_trainer_without_a_logger_gets_the_line_alone(loss, capsys):
    loss(training=False, **scene())
    loss.report("Val", None)
    assert capsys.readouterr().out.startswith("eloss: Val energy: ")


def test_observers_see_each_training_step(site):
    code = """
        from eloss_plugins import hookimpl
        seen = []
        @hookimpl
        def after_loss(target, step, terms):
            seen.append((target, step, terms["position"].shape, terms["position"].requires_grad))
    """
    site.add("eloss-watch", code)
    loss = PatchedLoss(host.bind("edm", "mse"))
    for training in (True, False, True):
        loss(training=training, **scene())
    import eloss_watch

    assert eloss_watch.seen == [("edm", 1, (3,), False), ("edm", 2, (3,), False)]


def test_types_become_atomic_numbers(loss):
    assert loss.numbers(torch.eye(5).unsqueeze(0)).tolist() == [[1, 6, 7, 8, 9]]


def test_types_of_unknown_elements_have_no_numbers(loss):
    assert loss.numbers(torch.eye(4).unsqueeze(0)) is None


@pytest.mark.parametrize(
    ("info", "elements"),
    [
        ({"atom_decoder": ["H", "C", "Cl"]}, (1, 6, 17)),
        ({"atom_decoder": ["CA", "bead"]}, ()),
        ({}, ()),
    ],
)
def test_elements_are_read_from_the_trainers_names(info, elements):
    assert elements_of(info) == elements


@pytest.mark.parametrize(
    ("model", "augmentation", "target"),
    [
        ("egnn_dynamics", False, "edm"),
        ("egnn_dynamics", True, "edm"),
        ("gnn_dynamics", False, "gdm"),
        ("gnn_dynamics", True, "gdm-aug"),
    ],
)
def test_the_target_follows_from_the_trainers_flags(model, augmentation, target):
    assert target_of(Namespace(model=model, data_augmentation=augmentation)) == target
