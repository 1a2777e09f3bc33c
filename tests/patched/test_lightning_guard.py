"""The guard of Lightning trainers, called by a stand-in for Lightning as Lightning calls it."""

import copy
import pickle
import subprocess
import sys
from types import ModuleType, SimpleNamespace

import pytest
import torch

from eloss_plugins.errors import EnvironmentProblem
from eloss_plugins.patched import lightning_guard
from eloss_plugins.patched.lightning_guard import HOMES, step_guard

NAN, INF = float("nan"), float("inf")


class Callback:
    """Of a Lightning that has nothing else."""


class Net(torch.nn.Linear):
    """A module whose own hook wants gradients, as hosts' that log their norm."""

    device = torch.device("cpu")

    def on_before_optimizer_step(self, optimizer):
        self.norm = max(p.grad.abs().max().item() for p in self.parameters())


class Strategy:
    """Of a trainer of two ranks; the other one reports `other`."""

    other = 0.0

    def reduce(self, tensor, reduce_op):
        assert reduce_op == "sum"
        return tensor + self.other


@pytest.fixture(autouse=True)
def home(monkeypatch) -> ModuleType:
    """`lightning.pytorch` is imported, `pytorch_lightning` is not."""
    made = ModuleType(HOMES[0])
    made.Callback = Callback
    monkeypatch.setitem(sys.modules, HOMES[0], made)
    monkeypatch.delitem(sys.modules, HOMES[1], raising=False)
    return made


@pytest.fixture
def net() -> Net:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Net(2, 1)


@pytest.fixture
def adam(net) -> torch.optim.Optimizer:
    return torch.optim.AdamW(net.parameters(), lr=0.1, amsgrad=True)


def trainer(*, scaler=None, zero=True) -> SimpleNamespace:
    return SimpleNamespace(
        precision_plugin=SimpleNamespace(scaler=scaler), strategy=Strategy(), is_global_zero=zero
    )


def step(guard, given, net, optimizer, gradient=1.0) -> None:
    """One step in Lightning's order, with that gradient."""
    optimizer.zero_grad()
    for weight in net.parameters():
        weight.grad = torch.full_like(weight, gradient)
    guard.on_before_optimizer_step(given, net, optimizer)
    net.on_before_optimizer_step(optimizer)
    optimizer.step()


def state(net, optimizer) -> dict:
    return copy.deepcopy({"net": net.state_dict(), "optimizer": optimizer.state_dict()["state"]})


def equal(found, expected) -> bool:
    if isinstance(found, dict):
        return found.keys() == expected.keys() and all(equal(found[k], expected[k]) for k in found)
    return torch.equal(found, expected)


@pytest.mark.parametrize("gradient", [NAN, INF])
def test_a_bad_step_changes_neither_weights_nor_the_optimizers_state(net, adam, gradient):
    guard = step_guard()
    step(guard, trainer(), net, adam)
    before = state(net, adam)
    step(guard, trainer(), net, adam, gradient)
    assert equal(state(net, adam), before)


def test_a_bad_first_step_leaves_no_state(net, adam):
    step(step_guard(), trainer(), net, adam, NAN)
    assert not adam.state


def test_a_good_step_is_taken_as_without_the_guard(net, adam):
    other = copy.deepcopy(net)
    step(step_guard(), trainer(), net, adam)
    plain = torch.optim.AdamW(other.parameters(), lr=0.1, amsgrad=True)
    for weight in other.parameters():
        weight.grad = torch.ones_like(weight)
    plain.step()
    assert equal(net.state_dict(), other.state_dict())


def test_the_modules_own_hook_is_passed_over_once(net, adam):
    guard = step_guard()
    step(guard, trainer(), net, adam, INF)
    assert not hasattr(net, "norm")
    step(guard, trainer(), net, adam, 2.0)
    assert net.norm == 2.0


def test_one_line_says_so(net, adam, capsys):
    step(step_guard(), trainer(), net, adam, NAN)
    line = "eloss: left out a step with a gradient that is not finite; 1 so far\n"
    assert capsys.readouterr() == (line, "")


def test_three_in_a_row_end_the_process_in_one_sentence(net, adam, capsys):
    guard = step_guard()
    for _ in range(2):
        step(guard, trainer(), net, adam, NAN)
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        step(guard, trainer(), net, adam, NAN)
    err = capsys.readouterr().err
    assert end.value.code == 3
    assert err.startswith("eloss: 3 steps in a row had a gradient that is not finite; stopped")
    assert err.count("\n") == 1


def test_other_ranks_do_the_same_and_say_nothing(net, adam, capsys):
    guard, given = step_guard(), trainer(zero=False)
    for _ in range(2):
        step(guard, given, net, adam, NAN)
    with pytest.raises(SystemExit) as end:
        step(guard, given, net, adam, NAN)
    assert end.value.code == 3
    assert capsys.readouterr() == ("", "")


def test_what_another_rank_finds_counts_here(net, adam):
    given, before = trainer(), state(net, adam)
    given.strategy.other = 1.0
    step(step_guard(), given, net, adam)
    assert equal(state(net, adam), before)


def test_infinite_gradients_are_left_to_a_gradient_scaler(net, adam, capsys):
    guard, given = step_guard(), trainer(scaler=object())
    for _ in range(5):
        step(guard, given, net, adam, INF)
    assert guard.guard.in_all == 0
    assert capsys.readouterr() == ("", "")


def test_only_the_optimizers_own_gradients_count(net, adam):
    """Another optimizer of the module may have its step before or after."""
    other = torch.zeros(2, requires_grad=True)
    other.grad = torch.full((2,), NAN)
    net.register_parameter("other", torch.nn.Parameter(other))
    step_guard().on_before_optimizer_step(trainer(), net, adam)
    assert net.on_before_optimizer_step.__func__ is Net.on_before_optimizer_step


def test_older_versions_hand_on_the_optimizers_number(net, adam):
    step_guard().on_before_optimizer_step(trainer(), net, adam, 0)


def test_it_is_a_callback_of_the_lightning_that_is_imported(home, monkeypatch):
    assert isinstance(step_guard(), Callback)
    other = ModuleType(HOMES[1])
    other.Callback = type("Other", (), {})
    monkeypatch.delitem(sys.modules, HOMES[0])
    monkeypatch.setitem(sys.modules, HOMES[1], other)
    assert isinstance(step_guard(), other.Callback)


def test_without_lightning_it_is_one_sentence(monkeypatch):
    monkeypatch.delitem(sys.modules, HOMES[0])
    monkeypatch.setattr(lightning_guard, "find_spec", lambda _: None)
    with pytest.raises(EnvironmentProblem, match="neither is installed"):
        step_guard()


def test_a_spawned_process_gets_it_with_its_count():
    guard = step_guard()
    guard.guard.in_all = 4
    copied = pickle.loads(pickle.dumps(guard))
    assert isinstance(copied, Callback)
    assert copied.guard.in_all == 4


def test_importing_it_imports_no_lightning():
    code = "import sys, eloss_plugins.patched.lightning_guard, eloss_plugins.patched.semlaflow; "
    code += f"assert not set({HOMES}) & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
