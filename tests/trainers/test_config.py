import json
import math

import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.trainers.config import DEFAULT_STEPS, TrainConfig


def test_json_and_back_is_equal():
    config = TrainConfig("edm", loss="energy", model={"layers": 2}, epochs=3, learning_rate=1e-4)
    assert TrainConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("steps", -1), ("steps", 1.5), ("batch_size", 0), ("batch_size", True), ("seed", "1"),
        ("learning_rate", 0), ("learning_rate", math.nan), ("learning_rate", math.inf),
        ("learning_rate", "1e-3"), ("ema_decay", 1.0), ("ema_decay", -0.1), ("clip", 1),
        ("precision", "fp32"), ("accelerator", "tpu"), ("devices", 0), ("model", "layers=2"),
        ("keep_last", 0), ("checkpoint_every", 0), ("data", None),
    ],
)  # fmt: skip
def test_a_value_that_no_run_can_have_is_named(setting, value):
    with pytest.raises(UsageError, match=f"`{setting}` must be") as caught:
        TrainConfig("gdm", **{setting: value})
    assert caught.value.exit_code == 2


def test_steps_and_epochs_together_are_refused():
    with pytest.raises(UsageError, match="both"):
        TrainConfig("gdm", steps=1, epochs=1)


def test_half_precision_on_a_cpu_is_refused():
    with pytest.raises(UsageError, match="bf16-mixed"):
        TrainConfig("gdm", precision="16-mixed", accelerator="cpu")


@pytest.mark.parametrize("values", [{"trainer": "gdm", "lr": 1}, {}])
def test_values_that_are_no_configuration_are_refused(values):
    with pytest.raises(UsageError, match="expected"):
        TrainConfig.from_json(values)


@pytest.mark.parametrize(
    ("pace", "total"), [({}, DEFAULT_STEPS), ({"steps": 7}, 7), ({"epochs": 3}, 30)]
)
def test_total_steps(pace, total):
    assert TrainConfig("gdm", **pace).total_steps(batches_per_epoch=10) == total
