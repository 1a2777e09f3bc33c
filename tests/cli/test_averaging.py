import pytest

from eloss_plugins.cli import averaging
from eloss_plugins.trainers.config import TrainConfig

from .conftest import TINY


def test_the_default_is_the_trainers():
    assert TrainConfig("gdm").ema_decay == averaging.DEFAULT_DECAY


@pytest.mark.parametrize(
    ("decay", "steps", "percent"),
    [(None, 500, "61 %"), (0.99, 100, "37 %"), (0.5, 4, "6 %"), (0.5, 5, None), (0.0, 1, None)],
)
def test_what_is_left_of_the_first_weights_is_told(decay, steps, percent):
    told = averaging.remark("This run", decay, steps)
    assert told is None if percent is None else percent in told


def test_without_a_known_length_nothing_is_told():
    assert averaging.remark("The runs", 0.999, None) is None


def test_a_short_run_tells_it_at_its_end(eloss):
    words = ("train", "gdm", "--steps=2", "--out=run", "--data=bundled-tiny", *TINY)
    assert "still hold 100 % of the first ones" in eloss(*words).err
    assert "first ones" not in eloss(*words, "--overwrite", "--ema-decay=0.1").err
