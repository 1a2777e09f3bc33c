from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from eloss_plugins.cli import values


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (values.count, "12", 12),
        (values.seed, "0", 0),
        (values.seed, "4294967295", 2**32 - 1),
        (values.number, "-1e-3", -1e-3),
        (values.positive, "4e-4", 4e-4),
        (values.fraction, "0", 0.0),
        (values.yes_or_no, "Yes", True),
        (values.yes_or_no, "0", False),
        (values.path, "~", Path.home()),
        (values.list_of(values.seed), "0, 1,2", (0, 1, 2)),
        (
            values.pairs_of(values.positive, split=str.rpartition),
            "mse=1e-3,energy/stiffness=inverse=2",
            {"mse": 1e-3, "energy/stiffness=inverse": 2.0},
        ),
        (values.pairs_of(str), "a=1, b=x=y", {"a": "1", "b": "x=y"}),
    ],
)
def test_values_are_read(parse, text, value):
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text", "cause"),
    [
        (values.count, "0", "from 1"),
        (values.count, "-1", "from 1"),
        (values.count, "1.5", "whole number"),
        (values.count, "1e4", "whole number"),
        (values.count, "9" * 5000, "whole number"),
        (values.seed, "4294967296", "4294967295"),
        (values.number, "0,03", "after a point"),
        (values.number, "nan", "finite"),
        (values.number, "1e400", "finite"),
        (values.number, "-inf", "finite"),
        (values.positive, "-1", "above 0"),
        (values.positive, "0", "above 0"),
        (values.fraction, "1", "below 1"),
        (values.yes_or_no, "maybe", "yes or no"),
        (values.yes_or_no, "", "yes or no"),
        (values.word, "  ", "a name"),
        (values.word, "a\x1b[0m", "a name"),
        (values.path, "a\0b", "a path"),
        (values.path, "", "a path"),
        (values.list_of(values.seed), "0,0", "once"),
        (values.list_of(values.seed), "0,,1", "whole number"),
        (values.pairs_of(str), "a", "name=value"),
        (values.pairs_of(str), "a=1,a=2", "twice"),
    ],
)
def test_wrong_values_are_refused_in_words(parse, text, cause):
    with pytest.raises(ArgumentTypeError, match=cause) as refusal:
        parse(text)
    assert len(str(refusal.value)) < 200
