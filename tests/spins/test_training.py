import numpy as np
import pytest
import torch

from eloss_plugins.errors import Refused, UsageError
from eloss_plugins.spins import training
from eloss_plugins.spins.draws import instance
from eloss_plugins.spins.ground_states import solve
from eloss_plugins.spins.lattice import Lattice
from eloss_plugins.spins.problem_set import FIRST_OF_TEST, ProblemSet, Source
from eloss_plugins.spins.training import Training, curve_of, train

SMALL = Training("pair-energy", epochs=2, batch_size=16, blocks=1, channels=8, learning_rate=1e-2)


def problems(first, count, boundary="open"):
    source = Source(Lattice(4, 4, boundary), "uniform", 0, first, count)
    found = [solve(instance(source.lattice, "uniform", 0, first + n)) for n in range(count)]
    spins = np.array([one.spins for one in found])
    return ProblemSet(source, source.couplings(), spins, np.array([one.energy for one in found]))


DATA, TEST = problems(0, 40), problems(FIRST_OF_TEST, 20)


def silent(units, **fields):
    return


def run(folder, chosen=SMALL, report=silent):
    return train(chosen, DATA, TEST, folder, report)


def test_the_same_run_gives_the_same_logits_whatever_was_drawn_before(tmp_path):
    first = run(tmp_path / "one")
    torch.rand(7)
    assert np.array_equal(run(tmp_path / "two"), first)


def test_training_leaves_the_random_numbers_of_others_alone(tmp_path):
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    run(tmp_path)
    assert torch.equal(torch.rand(2), expected)


def test_another_seed_gives_other_logits(tmp_path):
    other = Training(**{**vars(SMALL), "seed": 1})
    assert not np.array_equal(run(tmp_path / "one"), run(tmp_path / "two", other))


def test_an_interrupted_run_goes_on_bit_for_bit(tmp_path):
    whole = run(tmp_path / "whole")
    done = []

    def interrupt(units, **fields):
        done.append(units)
        if sum(done) == 5:  # of 3 batches an epoch, in the second one
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "stopped", report=interrupt)
    told = []
    again = run(tmp_path / "stopped", report=lambda units, **_: told.append(units))
    assert np.array_equal(again, whole)
    assert told == [3, 1, 1, 1]
    assert curve_of(tmp_path / "stopped") == curve_of(tmp_path / "whole")


def test_a_folder_with_another_run_is_refused(tmp_path):
    run(tmp_path)
    with pytest.raises(Refused, match="other settings"):
        run(tmp_path, Training(**{**vars(SMALL), "seed": 1}))


def test_an_unknown_loss_or_option_is_refused(tmp_path):
    with pytest.raises(UsageError, match="pair-energy"):
        run(tmp_path, Training("pair-enrgy"))
    with pytest.raises(UsageError, match="h0"):
        run(tmp_path, Training("pair-energy", "h1=2"))


LOSSES = (
    *("cross-entropy", "margin", "local-field", "true-energy"),
    *("local-field-min", "cross-entropy-min", "pair-energy"),
)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_falls(tmp_path, loss):
    run(tmp_path, Training(loss, epochs=4, batch_size=16, blocks=1, channels=8, learning_rate=1e-2))
    losses = [point["loss"] for point in curve_of(tmp_path)]
    assert losses[-1] < losses[0]


def test_the_last_batch_of_an_epoch_counts_with_what_it_has():
    assert SMALL.steps(40) == 2 * 3
    sizes = [len(target) for _, target in training._batches(SMALL, DATA, 0)]
    assert sizes == [16, 16, 8]


def test_each_epoch_has_every_glass_once_with_its_own_ground_state():
    seen = torch.cat([torch.cat(pair, 1) for pair in training._batches(SMALL, DATA, 1)])
    expected = np.hstack([DATA.couplings, DATA.spins]).astype(np.float32)
    assert sorted(seen.tolist()) == sorted(expected.tolist())


@pytest.mark.slow
def test_pair_energy_learns_small_lattices(tmp_path):
    """4 x 4 with 600 glasses: less than half of the way up to fair coins is left."""
    chosen = Training("pair-energy", epochs=5, batch_size=32, blocks=2, channels=16)
    train(chosen, problems(0, 600), TEST, tmp_path, silent)
    assert curve_of(tmp_path)[-1]["gap"] < 0.5 * np.abs(TEST.energies).mean()
