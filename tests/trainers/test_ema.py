import torch
from torch import nn

from eloss_plugins.trainers.ema import Ema


def test_average_equals_the_recursion_bit_for_bit():
    torch.manual_seed(0)
    module = nn.Linear(7, 5)
    ema, expected = Ema(module, 0.999), module.weight.detach().clone()
    for _ in range(20):
        with torch.no_grad():
            module.weight.add_(torch.randn_like(module.weight))
        ema.update(module)
        expected = expected * 0.999 + (1 - 0.999) * module.weight.detach()
    assert torch.equal(ema.module.weight, expected)


def test_average_of_constant_steps_has_the_closed_form():
    module = nn.Linear(1, 1, bias=False).double()
    nn.init.zeros_(module.weight)
    ema = Ema(module, 0.9)
    nn.init.ones_(module.weight)
    for _ in range(10):
        ema.update(module)
    assert abs(ema.module.weight.item() - (1 - 0.9**10)) < 1e-15


def test_decay_zero_is_the_module_itself():
    module = nn.Linear(2, 2)
    ema = Ema(module, 0.0)
    nn.init.constant_(module.weight, 0.3)
    ema.update(module)
    assert torch.equal(ema.module.weight, module.weight)


def test_memory_is_not_shared():
    module = nn.Linear(2, 2)
    ema = Ema(module, 0.9)
    before = ema.module.weight.clone()
    nn.init.ones_(module.weight)
    assert torch.equal(ema.module.weight, before)


def test_buffers_are_copied():
    module = nn.BatchNorm1d(2)
    ema = Ema(module, 0.9)
    module(torch.tensor([[1.0, 2.0], [3.0, 5.0]]))
    ema.update(module)
    assert torch.equal(ema.module.running_mean, module.running_mean)
