import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.rigid.options import RigidOptions


@pytest.mark.parametrize(
    "option",
    [
        {"height": -1.0},
        {"tolerance": float("nan")},
        {"max_local": -1},
        {"neighbours": 0},
        {"seed": 1.5},
    ],
)
def test_options_out_of_range_are_refused_by_name(option):
    with pytest.raises(UsageError, match=next(iter(option))):
        RigidOptions(**option)
