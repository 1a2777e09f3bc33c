"""Commands leave the process in which they are called as it was."""

import logging
import os
import random
import signal
import sys
import warnings

import numpy as np
import pytest
import torch

from .conftest import TINY

OTHERS = ("TORCH", "PYTORCH", "RDBASE", "PYTEST")  # what those packages set when imported
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGPIPE)


def state() -> dict[str, object]:
    """What a library must not change behind its caller's back."""
    root = logging.getLogger()
    return {
        "torch random": torch.get_rng_state().tolist(),
        "numpy random": np.random.get_state()[1].tolist(),
        "python random": random.getstate(),
        "default dtype": torch.get_default_dtype(),
        "threads": torch.get_num_threads(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "matmul": torch.get_float32_matmul_precision(),
        "gradients": torch.is_grad_enabled(),
        "anomaly": torch.is_anomaly_enabled(),
        "environment": {k: v for k, v in os.environ.items() if not k.startswith(OTHERS)},
        "folder": os.getcwd(),
        "path": list(sys.path),
        "warnings": list(warnings.filters),
        "show": warnings.showwarning,
        "logging": (root.level, list(root.handlers), logging.getLogger("eloss_plugins").level),
        "signals": [signal.getsignal(number) for number in SIGNALS],
        "hooks": (sys.excepthook, sys.unraisablehook),
        "streams": (sys.stdout, sys.stderr),
        "numpy errors": np.geterr(),
    }


@pytest.fixture
def same():
    """A check that nothing differs from the state at the start of the test."""

    def check(before: dict[str, object]) -> None:
        after = state()
        assert [name for name in before if before[name] != after[name]] == []

    return check


def test_training_leaves_the_process_as_it_was(eloss, same):
    before = state()
    assert eloss("train", "gdm", "--loss-plugin=energy", "--steps=2", "--out=run", *TINY).code == 0
    same(before)


def test_sampling_and_evaluating_leave_the_process_as_it_was(eloss, same, run_folder):
    before = state()
    assert eloss("sample", run_folder, "-n", "4", "-o", "x.sdf", "--sample-steps=5").code == 0
    assert eloss("evaluate", "x.sdf").code == 0
    same(before)


@pytest.mark.parametrize(
    "words", [("plugins",), ("train", "gdm", "--show-config"), ("train", "gmd"), ("doctor",)]
)
def test_answers_and_refusals_leave_the_process_as_it_was(eloss, same, words):
    before = state()
    eloss(*words)
    same(before)
