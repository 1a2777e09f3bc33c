import pytest
import torch

from eloss_plugins.errors import UsageError
from eloss_plugins.trainers.config import TrainConfig
from eloss_plugins.trainers.processes.ranks import Ranks
from eloss_plugins.trainers.session import check_enough

TWO = Ranks(0, 2, torch.device("cpu"))


def test_a_set_smaller_than_the_ranks_is_enough_because_batches_repeat_it():
    check_enough(1, TrainConfig("gdm", batch_size=4), TWO)


def test_a_batch_smaller_than_the_ranks_is_refused():
    with pytest.raises(UsageError, match="a batch of 1 molecules is too small for 2 devices"):
        check_enough(50, TrainConfig("gdm", batch_size=1), TWO)


def test_no_molecules_are_refused():
    with pytest.raises(UsageError, match="expected training molecules in 'bundled'; got none"):
        check_enough(0, TrainConfig("gdm"), TWO)
