import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.shapes.losses import LEARNING_RATES, OTHER_LEARNING_RATE, Contender, bound
from eloss_plugins.shapes.plan import RATES


def described(loss, **options):
    return bound(Contender(loss, loss, options)).describe()


def test_the_energy_has_the_numbers_of_the_paper():
    found = described("energy")
    assert (found["stiffness"], found["stiffness.prefactor"]) == ("exponential", 2.6)
    assert found["reduction"] == "mean_pairs"


def test_own_options_stand_above_the_preset():
    found = described("energy", edges="random-regular", prefactor="1")
    assert (found["edges.degree"], found["stiffness.prefactor"]) == (6, 1.0)
    assert found["reduction"] == "mean_pairs"


def test_a_law_without_published_numbers_is_a_mean_over_pairs():
    found = described("energy", stiffness="inverse")
    assert (found["preset"], found["reduction"]) == (None, "mean_pairs")


def test_a_preset_of_ones_own_is_taken():
    assert described("energy", preset="paper")["reduction"] == "sum"


def test_any_registered_loss_may_enter():
    assert described("gram")["loss"] == "gram"


def test_rates_were_swept_and_can_be_set():
    assert set(LEARNING_RATES.values()) <= set(RATES)
    assert Contender("energy/x=1", "Energy").rate == LEARNING_RATES["energy"]
    assert Contender("gram", "gram").rate == OTHER_LEARNING_RATE
    assert Contender("energy", "energy", {}, 0.5).rate == 0.5


@pytest.mark.parametrize(
    ("loss", "options", "sentence"),
    [
        ("enrgy", {}, "Did you mean `energy`"),
        ("energy", {"prefactr": "1"}, "prefactr"),
        ("none", {}, "name a loss"),
    ],
)
def test_what_cannot_enter_is_refused(loss, options, sentence):
    with pytest.raises(UsageError, match=sentence):
        bound(Contender(loss, loss, options))
