"""What a molecule is made of, in one word."""

from eloss_plugins.chem.bonds import known_elements
from eloss_plugins.chem.elements import symbol_of
from eloss_plugins.data.molecules import Molecule


def formula(molecule: Molecule) -> str:
    """The molecular formula in Hill's order: carbon, hydrogen, then by symbol."""
    symbols = [symbol_of(z) for z in known_elements(molecule.numbers).tolist()]
    first = ("C", "H") if "C" in symbols else ()
    order = sorted(set(symbols), key=lambda s: (s not in first, s))
    counts = [(symbol, symbols.count(symbol)) for symbol in order]
    return "".join(s if n == 1 else f"{s}{n}" for s, n in counts) or "no atoms"
