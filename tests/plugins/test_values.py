from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eloss_plugins.errors import UsageError
from eloss_plugins.plugins.values import describe, is_settable, read


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_is_read_back_exactly(number):
    assert read("x", str(number), float) == number


@pytest.mark.parametrize(
    ("text", "expected"), [("1", 1.0), (".5", 0.5), ("-2.", -2.0), ("1E3", 1e3)]
)
def test_number(text, expected):
    assert read("x", text, float) == expected


@pytest.mark.parametrize(
    "text",
    ["nan", "inf", "-inf", "1e400", "0,03", "1_000", "٣", "", "0x10", "1 2", "9" * 5000, "a"],
)
def test_what_is_no_finite_number_is_refused(text):
    with pytest.raises(UsageError, match="`weight` must be a finite number"):
        read("weight", text, float)


def test_decimal_comma_is_recognised():
    with pytest.raises(UsageError, match="did you mean `0.03`"):
        read("weight", "0,03", float)


@pytest.mark.parametrize("text", ["1.0", "1e3", "true", "٣", "9" * 5000])
def test_what_is_no_whole_number_is_refused(text):
    with pytest.raises(UsageError, match="`layers` must be a whole number"):
        read("layers", text, int)


@pytest.mark.parametrize("text", ["true", "True", "YES", "on", "1"])
def test_words_for_true(text):
    assert read("x", text, bool) is True


@pytest.mark.parametrize("text", ["false", "No", "off", "0"])
def test_words_for_false(text):
    assert read("x", text, bool) is False


@pytest.mark.parametrize("text", ["", "2", "truee", "none"])
def test_other_words_are_no_truth_value(text):
    with pytest.raises(UsageError, match="must be true or false"):
        read("x", text, bool)


def test_choice_is_found_in_any_spelling():
    assert read("reduction", "Per-Atom", Literal["sum", "per_atom"]) == "per_atom"


def test_unknown_choice_lists_the_choices():
    with pytest.raises(UsageError, match="one of sum, per_atom; got `sun`; did you mean `sum`"):
        read("reduction", "sun", Literal["sum", "per_atom"])


def test_none_is_read_where_it_may_stand():
    assert read("cap", "None", float | None) is None
    with pytest.raises(UsageError):
        read("cap", "none", float)


def test_typed_values_are_checked_like_text():
    assert read("x", 2, float) == 2.0
    assert read("x", True, bool) is True
    with pytest.raises(UsageError):
        read("x", float("nan"), float)


def test_of_a_name_or_a_function_text_gives_the_name():
    assert read("potential", "morse", str | Callable[[], None]) == "morse"


@pytest.mark.parametrize("hint", [Callable[[], None], list[int], object, int | list])
def test_settable_is_what_text_can_give(hint):
    assert is_settable(hint) == (hint == int | list)


def test_hostile_text_is_never_evaluated():
    with pytest.raises(UsageError):
        read("weight", "__import__('os').abort()", float)


def test_description_says_what_may_be_given():
    assert describe(float | None) == "number or none"
    assert describe(Literal["a", "b"]) == "a|b"
