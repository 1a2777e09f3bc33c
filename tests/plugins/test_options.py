import pytest
from hypothesis import given
from hypothesis import strategies as st

from eloss_plugins.errors import UsageError
from eloss_plugins.plugins.options import join, parse

NAMES = st.from_regex(r"[a-z][a-z_]*(\.[a-z_]+)?", fullmatch=True)
VALUES = st.text(min_size=1).filter(lambda v: "," not in v and v == v.strip())


@given(st.dictionaries(NAMES, VALUES))
def test_what_is_joined_is_read_back_in_order(options):
    assert list(parse(join(options)).items()) == list(options.items())


@given(st.text())
def test_any_text_is_read_or_refused_in_one_line(text):
    problem = ""
    try:
        assert all(name and value for name, value in parse(text).items())
    except UsageError as error:
        problem = str(error)
    assert "\n" not in problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("  ", {}),
        ("a=1", {"a": "1"}),
        (" a = 1 , b.c = x y ", {"a": "1", "b.c": "x y"}),
        ("a=b=c", {"a": "b=c"}),
        ("length-scale=1", {"length_scale": "1"}),
        ("a=__import__('os').getcwd()", {"a": "__import__('os').getcwd()"}),
    ],
)
def test_text_to_names_and_values(text, expected):
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "Option `a` has no `=`"),
        ("=1", "no name before"),
        ("a=", "no value after"),
        ("a=1,", "empty item"),
        ("a=1,,b=2", "empty item"),
        ("a=1,a=2", "`a` is given twice"),
        ("a-b=1,a_b=2", "`a_b` is given twice"),
        ("a=0,03", "`a=0,03` has a comma, which separates options; did you mean `a=0.03`?"),
        ("a=1,b=2,5", "did you mean `b=2.5`?"),
    ],
)
def test_fault_is_named(text, expected):
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert expected in str(caught.value)


def test_mapping_is_taken_as_it_is():
    assert parse({"a": 1.5, "b": True, "c": None}) == {"a": 1.5, "b": True, "c": None}


def test_values_are_written_as_they_are_read():
    assert join({"a": 1e-05, "b": True, "c": None, "d": "x"}) == "a=1e-05,b=true,c=none,d=x"
