import pytest
from rdkit import Chem

from eloss_plugins.chem.elements import SYMBOLS, number_of, symbol_of
from eloss_plugins.errors import UsageError


def test_symbols_are_those_of_the_periodic_table():
    table = Chem.GetPeriodicTable()
    assert list(SYMBOLS[1:]) == [table.GetElementSymbol(number) for number in range(1, 119)]


def test_symbols_are_read_in_any_case():
    assert [number_of(symbol) for symbol in ("C", "cl", "BR ")] == [6, 17, 35]


def test_number_outside_the_table_has_no_symbol():
    assert symbol_of(-1) == symbol_of(0) == symbol_of(119) == "*"


def test_unknown_symbol_is_refused_by_name():
    with pytest.raises(UsageError, match="'Qq'"):
        number_of("Qq")
