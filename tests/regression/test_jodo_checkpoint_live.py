"""Checkpoints between us and a checkout of JODO, by its own code for saving and loading.

Runs where ELOSS_JODO names a checkout and torch_geometric and torch_scatter are installed.
"""

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
import upstream_dgt
from test_jodo_network_live import CHECKOUT, pytestmark  # noqa: F401 - the same conditions
from torch.testing import assert_close
from upstream_dgt import VARIANTS
from upstream_models import ELEMENTS

from eloss_plugins.trainers import jodo
from eloss_plugins.trainers.upstreams.jodo import JODO
from eloss_plugins.trainers.upstreams.upstream import Trained, Wanted

CONFIG = replace(VARIANTS["default"], heads=8)


def module_of(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"jodo_{Path(name).stem}", Path(CHECKOUT) / name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def state() -> dict:
    """What upstream's training keeps, as its `run_lib` builds it."""
    networks = upstream_dgt.upstream_networks(Path(CHECKOUT))
    torch.manual_seed(1)
    model = torch.nn.DataParallel(networks.DGT_concat(upstream_dgt.upstream_config(CONFIG)))
    ema = module_of("models/ema.py").ExponentialMovingAverage(model.parameters(), decay=0.999)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, amsgrad=True, weight_decay=1e-12)
    return {"optimizer": optimizer, "model": model, "ema": ema, "step": 0}


def answers(upstream: torch.nn.Module, ours: torch.nn.Module) -> None:
    """Both networks answer the same."""
    what = upstream_dgt.given(CONFIG)
    atoms, bonds = upstream_dgt.upstream_answer(upstream.eval(), what, what.condition)
    found = ours.eval()(what.noisy, what.log_snr, what.mask, what.condition)
    assert_close(found.atoms, atoms, rtol=1e-5, atol=1e-5)
    assert_close(found.bonds, bonds, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("averaged", [True, False])
def test_a_file_that_upstream_saved_is_read(state, tmp_path, averaged):
    what = upstream_dgt.given(CONFIG)
    atoms, bonds = upstream_dgt.upstream_answer(state["model"], what, None)
    (atoms.square().sum() + bonds.square().sum()).backward()
    state["optimizer"].param_groups[0]["lr"] = 1e-3 * np.minimum(0.5, 1.0)  # as its warm-up does
    state["optimizer"].step()
    state["ema"].update(state["model"].parameters())
    module_of("utils.py").save_checkpoint(tmp_path / "checkpoint_1.pth", state | {"step": 1})
    found = JODO.read(tmp_path / "checkpoint_1.pth", Wanted(averaged, {"heads": "8"}))
    if averaged:
        state["ema"].copy_to(state["model"].parameters())
    answers(state["model"].module, found.model.dynamics)


def test_a_file_of_ours_is_restored_by_upstream(state, tmp_path):
    torch.manual_seed(2)
    model = jodo.SPEC.build(CONFIG, ELEMENTS)
    (file,) = JODO.write(tmp_path, Trained(jodo.SPEC, CONFIG, ELEMENTS, model, 12)).files
    restored = module_of("utils.py").restore_checkpoint(str(file), state, torch.device("cpu"))
    assert restored["step"] == 12
    answers(state["model"].module, model.dynamics)
    for value in state["model"].parameters():
        value.data.zero_()
    state["ema"].copy_to(state["model"].parameters())
    answers(state["model"].module, model.dynamics)
