"""The page on flow matching: its code trains a toy, padded and flat."""

import re
import sys
from pathlib import Path
from types import ModuleType

import torch
from flows import flat, flow

PAGE = (Path(__file__).parents[2] / "docs/upstreams/flow-matching.md").read_text()
PADDED, GUARDED, FLAT = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def names(code: str) -> dict:
    found: dict = {}
    exec(code, found)
    return found


class Toy(torch.nn.Module):
    """Velocities from noisy positions and the time, atom by atom."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(4, 32), torch.nn.SiLU(), torch.nn.Linear(32, 3)
        )

    def forward(self, noisy, time):
        last = time.view(-1, *[1] * (noisy.dim() - 1)).expand(*noisy.shape[:-1], 1)
        return self.layers(torch.cat([noisy, last], -1))


def trained(step) -> list[float]:
    """Losses of 300 steps of a toy; `step` maps it to a loss."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        toy = Toy()
        optimizer = torch.optim.Adam(toy.parameters(), lr=1e-2)
        losses = []
        for _ in range(300):
            loss = step(toy)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


def test_a_padded_trainer_learns_with_the_code_of_the_page():
    given, step = flow(1, dtype=torch.float32), names(PADDED)["step"]
    losses = trained(lambda toy: step(toy, given.clean, given.time, given.mask))
    assert sum(losses[-50:]) < 0.8 * sum(losses[:50])


def test_a_flat_trainer_learns_with_the_code_of_the_page():
    given, loss = flow(1, dtype=torch.float32), names(FLAT)["loss_of_velocities"]
    noisy, clean, velocity, batch = flat(given, given.noisy, given.clean, given.velocity)
    times = given.time.unsqueeze(1)
    losses = trained(lambda toy: loss(toy(noisy, times[batch]), velocity, clean, times, batch))
    assert sum(losses[-50:]) < 0.8 * sum(losses[:50])


def test_the_code_for_lightning_gives_a_trainer_the_guard(monkeypatch):
    """Lightning itself runs it in the live suite."""
    stand_in = ModuleType("lightning")
    stand_in.Trainer = dict
    stand_in.Callback = type("Callback", (), {})
    monkeypatch.setitem(sys.modules, "lightning", stand_in)
    monkeypatch.setitem(sys.modules, "lightning.pytorch", stand_in)
    made = names(GUARDED)["trainer"](max_epochs=3)
    assert made["max_epochs"] == 3
    assert [isinstance(it, stand_in.Callback) for it in made["callbacks"]] == [True]
