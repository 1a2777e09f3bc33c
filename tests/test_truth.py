import pytest

from eloss_plugins.truth import is_switched_on, truth


@pytest.mark.parametrize(
    ("text", "said"),
    [("yes", True), (" ON ", True), ("1", True), ("No", False), ("off", False), ("maybe", None)],
)
def test_words_say_yes_no_or_nothing(text, said):
    assert truth(text) is said


@pytest.mark.parametrize(
    ("text", "on"), [("1", True), ("anything", True), ("", False), (" ", False), ("Off", False)]
)
def test_a_variable_is_on_unless_it_is_empty_or_says_no(text, on):
    assert is_switched_on(text) is on
