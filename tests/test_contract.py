import dataclasses

import pytest
import torch

from eloss_plugins.contract import CheckedLoss
from eloss_plugins.core.bonds import Bonds
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.losses import Energy, Mse
from eloss_plugins.errors import PluginError, UsageError


def batch(**changes: object) -> LossBatch:
    generator = torch.Generator().manual_seed(0)
    made = LossBatch(
        target=torch.randn(2, 4, 3, generator=generator),
        residual=torch.randn(2, 4, 3, generator=generator).requires_grad_(),
        signal=torch.ones(2),
        noise=torch.ones(2),
    )
    return dataclasses.replace(made, **changes)


def per_molecule(batch: LossBatch) -> torch.Tensor:
    return batch.residual.square().sum((1, 2))


def checked(loss: object) -> CheckedLoss:
    return CheckedLoss(loss, "loss `odd` of plugin `acme:acme` (version 1.0)")


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (lambda b: None, "got None"),
        (lambda b: 1.0, "got float"),
        (lambda b: per_molecule(b).tolist(), "got list"),
        (lambda b: per_molecule(b).sum(), "got shape ()"),
        (lambda b: per_molecule(b)[:, None], "got shape (2, 1)"),
        (lambda b: b.residual.square().sum(-1), "got shape (2, 4)"),
        (lambda b: per_molecule(b)[:1], "got shape (1,)"),
        (lambda b: per_molecule(b).long(), "got torch.int64"),
        (lambda b: per_molecule(b).half(), "got torch.float16"),
        (lambda b: per_molecule(b).to("meta"), "got it on meta, and the batch is on cpu"),
        (lambda b: per_molecule(b).detach(), "got one without gradient"),
        (lambda b: torch.tensor(per_molecule(b).tolist()), "got one without gradient"),
        (lambda b: per_molecule(b) * torch.tensor([1, torch.nan]), "for molecules [1] from finite"),
        (lambda b: per_molecule(b) / 0, "for molecules [0, 1] from finite inputs"),
    ],
)
def test_first_answer_that_breaks_the_contract_is_named(loss, expected):
    with pytest.raises(PluginError) as caught:
        checked(loss)(batch())
    assert str(caught.value).startswith(
        "loss `odd` of plugin `acme:acme` (version 1.0) must return a tensor of shape (2,), one "
        "number per molecule, torch.float32; "
    )
    assert expected in str(caught.value)


@pytest.mark.parametrize("loss", [Energy(), Mse(), per_molecule])
def test_sound_loss_passes_with_and_without_gradient(loss):
    call = checked(loss)
    assert torch.equal(call(batch()), loss(batch()))
    with torch.no_grad():
        assert torch.equal(call(batch()), loss(batch()))
    with torch.inference_mode():
        assert torch.equal(call(batch()), loss(batch()))


def test_wider_answer_than_the_batch_is_fine():
    assert checked(lambda b: per_molecule(b).double())(batch()).dtype == torch.float64


def test_gradient_is_missed_even_when_the_first_call_had_none():
    call = checked(lambda b: per_molecule(b).detach())
    with torch.no_grad():
        call(batch())
    with pytest.raises(PluginError, match="without gradient"):
        call(batch())


def one_molecule() -> LossBatch:
    return LossBatch(
        target=torch.zeros(1, 4, 3),
        residual=torch.ones(1, 4, 3).requires_grad_(),
        signal=torch.ones(1),
        noise=torch.ones(1),
    )


def test_squeeze_that_only_a_last_batch_of_one_molecule_shows_is_found():
    call = checked(lambda b: b.residual.square().sum((1, 2), keepdim=True).squeeze())
    for _ in range(3):
        assert call(batch()).shape == (2,)
    with pytest.raises(PluginError, match=r"must return a tensor of shape \(1,\).*got shape \(\)"):
        call(one_molecule())


@pytest.mark.parametrize("later", [lambda a: None, torch.sum, torch.Tensor.half])
def test_every_later_answer_has_its_form_checked(later):
    forms = iter([lambda a: a, lambda a: a, later])
    call = checked(lambda b: next(forms)(per_molecule(b)))
    call(batch())
    call(batch())
    with pytest.raises(PluginError, match="must return a tensor"):
        call(batch())


def test_later_calls_wait_for_no_number():
    call = checked(per_molecule)
    call(batch())
    fields = vars(batch()).items()
    without_numbers = {n: t.to("meta") for n, t in fields if isinstance(t, torch.Tensor)}
    assert call(LossBatch(**without_numbers)).device.type == "meta"
    with pytest.raises(NotImplementedError):  # as the first call would
        checked(per_molecule)(LossBatch(**without_numbers))


def test_later_answers_that_are_not_finite_are_the_guards():
    factors = iter([1.0, torch.nan])
    call = checked(lambda b: per_molecule(b) * next(factors))
    call(batch())
    assert call(batch()).isnan().all()


def test_molecule_that_came_in_as_nan_is_not_the_losses_fault():
    poisoned = batch().target.clone()
    poisoned[1, 2, 0] = torch.nan
    answer = checked(lambda b: (b.target * b.residual).sum((1, 2)))(batch(target=poisoned))
    assert answer.isnan().tolist() == [False, True]


@pytest.mark.parametrize("name", ["target", "signal", "noise"])
def test_change_of_an_input_in_place_is_found(name):
    def careless(b: LossBatch) -> torch.Tensor:
        getattr(b, name).mul_(2)
        return per_molecule(b)

    with pytest.raises(PluginError, match=f"changed its input `{name}` in place; copy it first"):
        checked(careless)(batch())


def test_change_in_place_is_found_at_any_step():
    changes = iter([0, 0, 1])

    def careless(b: LossBatch) -> torch.Tensor:
        if next(changes):
            b.target.clamp_(-1, 1)
        return per_molecule(b)

    call = checked(careless)
    call(batch())
    call(batch())
    with pytest.raises(PluginError, match="changed its input `target` in place"):
        call(batch())


def test_change_of_the_bonds_is_found():
    bonds = Bonds(torch.tensor([[0, 1], [1, 2]]), torch.tensor([1.0, 2.0]))

    def careless(b: LossBatch) -> torch.Tensor:
        b.bonds.order.fill_(1.5)
        return per_molecule(b)

    with pytest.raises(PluginError, match=r"changed its input `bonds\.order` in place"):
        checked(careless)(batch(bonds=bonds))


def test_a_change_that_is_undone_by_hand_is_still_one():
    def careless(b: LossBatch) -> torch.Tensor:
        b.target.add_(1)
        b.target.sub_(1)
        return per_molecule(b)

    with pytest.raises(PluginError, match="in place"):
        checked(careless)(batch())


def test_what_a_loss_raises_names_it_and_keeps_the_cause():
    with pytest.raises(PluginError, match=r"plugin `acme:acme`.*failed: ZeroDivisionError") as e:
        checked(lambda b: 1 / 0)(batch())
    assert isinstance(e.value.__cause__, ZeroDivisionError)


def test_every_later_step_names_the_plugin_too():
    answers = iter([True, False])
    call = checked(lambda b: per_molecule(b) if next(answers) else 1 / 0)
    call(batch())
    with pytest.raises(PluginError, match="acme"):
        call(batch())


@pytest.mark.parametrize("error", [UsageError("clear"), torch.OutOfMemoryError("16 GiB")])
def test_errors_that_others_handle_pass_as_they_are(error):
    def raising(b: LossBatch) -> torch.Tensor:
        raise error

    with pytest.raises(type(error)) as caught:
        checked(raising)(batch())
    assert caught.value is error


def test_keyboard_interrupt_passes():
    def interrupted(b: LossBatch) -> torch.Tensor:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        checked(interrupted)(batch())


def test_nothing_of_a_batch_is_kept():
    import weakref

    call = checked(Energy())
    for _ in range(3):
        given = batch()
        remembered = weakref.ref(given.residual)
        call(given).sum().backward()
        del given
        assert remembered() is None
