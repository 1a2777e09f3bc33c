import pytest
import torch

from eloss_plugins.data.elements import Elements
from eloss_plugins.errors import UsageError


def test_elements_are_hcnof_first_then_by_number():
    assert Elements.present_in([16, 9, 1, 5, 8, 6, 6, 17]).numbers == (1, 6, 8, 9, 5, 16, 17)


def test_decode_undoes_encode():
    elements = Elements((1, 6, 7, 8, 9))
    numbers = torch.tensor([[6, 1, 1], [9, 8, 7]])
    assert elements.decode(elements.encode(numbers)).equal(numbers)
    assert elements.encode(numbers).tolist() == [[1, 0, 0], [4, 3, 2]]


def test_unknown_element_is_named():
    with pytest.raises(UsageError, match=r"among \(1, 6\); got \[16\]"):
        Elements((1, 6)).encode(torch.tensor([1, 16, 6]))


@pytest.mark.parametrize("numbers", [(), (1, 6, 1)])
def test_elements_are_distinct_and_some(numbers):
    with pytest.raises(UsageError, match="distinct atomic numbers"):
        Elements(numbers)
