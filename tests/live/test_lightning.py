"""The guard in Lightning's own trainers; needs `lightning` or `pytorch_lightning`."""

import importlib
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
import torch

from eloss_plugins.patched.lightning_guard import HOMES, step_guard

BATCHES = 12
QUIET = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
QUIET |= {"enable_model_summary": False, "accelerator": "cpu"}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # Lightning's and its packages'
]


@pytest.fixture(params=HOMES)
def home(request) -> ModuleType:
    if find_spec(request.param.partition(".")[0]) is None:
        pytest.skip(f"{request.param} is not installed here")
    return importlib.import_module(request.param)


def module(home: ModuleType, bad: tuple[int, ...]) -> torch.nn.Module:
    """A module that counts the steps that its own hook sees, and batches at `bad` of NaN."""

    class Net(home.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)
            self.seen = []

        def training_step(self, batch, index):
            x = batch * (float("nan") if index in bad else 1.0)
            return self.layer(x).square().mean()

        def on_before_optimizer_step(self, optimizer):
            self.seen.append(max(p.grad.abs().max().item() for p in self.parameters()))

        def configure_optimizers(self):
            return torch.optim.AdamW(self.parameters(), lr=0.01)

    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Net()


def fit(home: ModuleType, bad: tuple[int, ...], *, guarded=True, **settings):
    """The module after a training over twelve batches."""
    made, x = module(home, bad), torch.linspace(-1, 1, 8 * BATCHES).view(-1, 4, 2)
    callbacks = [*settings.pop("callbacks", ()), *([step_guard()] if guarded else [])]
    trainer = home.Trainer(
        max_epochs=1, gradient_clip_val=1.0, callbacks=callbacks, **{**QUIET, **settings}
    )
    trainer.fit(made, torch.utils.data.DataLoader(x, batch_size=None))
    return made


def finite(made: torch.nn.Module) -> bool:
    return all(bool(weight.isfinite().all()) for weight in made.parameters())


def test_a_bad_batch_is_left_out(home, capsys):
    made = fit(home, (3,))
    assert finite(made)
    assert len(made.seen) == BATCHES - 1
    assert "eloss: left out a step with a gradient" in capsys.readouterr().out


def test_the_code_of_the_page_leaves_it_out():
    if find_spec("lightning") is None:
        pytest.skip("lightning is not installed here")
    page = (Path(__file__).parents[2] / "docs/upstreams/flow-matching.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    names: dict = {}
    exec(next(block for block in blocks if "step_guard" in block), names)
    made = module(importlib.import_module(HOMES[0]), (3,))
    batches = torch.linspace(-1, 1, 8 * BATCHES).view(-1, 4, 2)
    trainer = names["trainer"](max_epochs=1, **QUIET)
    trainer.fit(made, torch.utils.data.DataLoader(batches, batch_size=None))
    assert finite(made)


def test_without_it_a_bad_batch_ruins_the_weights(home):
    assert not finite(fit(home, (3,), guarded=False))


def test_good_batches_train_as_without_it(home):
    plain, guarded = (fit(home, (), guarded=it) for it in (False, True))
    assert torch.equal(plain.layer.weight, guarded.layer.weight)


def test_of_accumulated_batches_the_whole_step_is_left_out(home):
    made = fit(home, (3, 5), accumulate_grad_batches=4)
    assert finite(made)
    assert len(made.seen) == 1


def test_three_in_a_row_are_one_sentence_and_an_exit_code(home, capsys):
    with pytest.raises(SystemExit) as end:
        fit(home, (3, 4, 5))
    assert end.value.code == 3
    assert [line[:37] for line in capsys.readouterr().err.splitlines() if "eloss" in line] == [
        "eloss: 3 steps in a row had a gradien"
    ]


def test_the_average_of_weights_stays_finite(home):
    if not hasattr(home.callbacks, "EMAWeightAveraging"):
        pytest.skip("this Lightning has no average of weights")
    assert finite(fit(home, (3,), callbacks=[home.callbacks.EMAWeightAveraging()]))


def test_several_processes_leave_out_and_stop_together(home, tmp_path):
    """Both ranks see the sum of their gradients; the second one's batches alone are bad."""
    script = tmp_path / "train.py"
    script.write_text(RANKS.format(home=home.__name__))
    for bad, code in (("3", 0), ("3 4 5", 3)):
        done = subprocess.run(
            [sys.executable, str(script), *bad.split()], capture_output=True, text=True, timeout=300
        )
        assert done.returncode == code, done.err
        assert "Traceback" not in done.stderr
        assert done.stderr.count("steps in a row") == (code == 3)
        assert done.stdout.count("finite True") == (0 if code else 2)


RANKS = """
import sys, torch
import {home} as home
from eloss_plugins.patched.lightning_guard import step_guard
bad = [int(it) for it in sys.argv[1:]]

class Net(home.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(2, 1)
    def training_step(self, batch, index):
        nan = index in bad and self.global_rank == 1
        return self.layer(batch * (float("nan") if nan else 1.0)).square().mean()
    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=0.01)

net = Net()
trainer = home.Trainer(max_epochs=1, accelerator="cpu", devices=2, strategy="ddp", logger=False,
    enable_checkpointing=False, enable_progress_bar=False, callbacks=[step_guard()])
trainer.fit(net, torch.utils.data.DataLoader(torch.ones(24, 4, 2), batch_size=None))
finite = all(bool(p.isfinite().all()) for p in net.parameters())
print(f"finite {{finite}}\\n", end="", flush=True)  # at once, since the ranks share a pipe
"""
