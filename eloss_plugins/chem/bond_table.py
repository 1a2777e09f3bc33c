"""Bond lengths and valences of EDM's stability metric, as data.

Source: qm9/bond_analyze.py of github.com/ehoogeboom/e3_diffusion_for_molecules at fce07d7, which
gathered the lengths from public tables. The numbers are kept as they are, oddities included,
because published figures were measured with them:

* sulphur must have a valence of 4, so thiols, sulphides and thiophenes are never stable;
* there are no charges, so nitro groups and ammonium are judged by plain valence;
* a pair that is not listed is never bonded.

The C=S length is listed there in one direction only. Upstream orders a pair by atomic number
before it looks it up, so the entry counts; here every pair has one entry.
"""

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.chem.elements import SYMBOLS, number_of

SINGLE_PM = """
H-H 74    H-B 119   H-C 109   H-N 101   H-O 96    H-F 92    H-Si 148  H-P 144   H-S 134
H-Cl 127  H-As 152  H-Br 141  H-I 161   B-Cl 175  C-C 154   C-N 147   C-O 143   C-F 135
C-Si 185  C-P 184   C-S 182   C-Cl 177  C-Br 194  C-I 214   N-N 145   N-O 140   N-F 136
N-P 177   N-S 168   N-Cl 175  N-Br 214  N-I 222   O-O 148   O-F 142   O-Si 163  O-P 163
O-S 151   O-Cl 164  O-Br 172  O-I 194   F-F 142   F-Si 160  F-P 156   F-S 158   F-Cl 166
F-Br 178  F-I 187   Si-Si 233 Si-S 200  Si-Cl 202 Si-Br 215 Si-I 243  P-P 221   P-S 210
P-Cl 203  P-Br 222  S-S 204   S-Cl 207  S-Br 225  S-I 234   Cl-Cl 199 Cl-Br 214 Br-Br 228
I-I 266
"""
DOUBLE_PM = "C-C 134 C-N 129 C-O 120 C-S 160 N-N 125 N-O 121 O-O 121 O-P 150 P-S 186"
TRIPLE_PM = "C-C 120 C-N 116 C-O 113 N-N 110"
"""Lengths of single, double and triple bonds, picometre."""

MARGINS_PM = (10.0, 5.0, 3.0)
"""What a single, double and triple bond may exceed its length by, picometre."""

VALENCES = {
    "H": (1,),
    "B": (3,),
    "C": (4,),
    "N": (3,),
    "O": (2,),
    "F": (1,),
    "Al": (3,),
    "Si": (4,),
    "P": (3, 5),
    "S": (4,),
    "Cl": (1,),
    "As": (3,),
    "Br": (1,),
    "I": (1,),
    "Hg": (1, 2),
    "Bi": (3, 5),
}
"""Sums of bond orders at which an atom is stable; an element not listed never is."""

NUM_ELEMENTS = len(SYMBOLS)
LARGEST_VALENCE = 5


def _lengths(text: str) -> NDArray[np.float64]:
    table = np.zeros((NUM_ELEMENTS, NUM_ELEMENTS))
    words = text.split()
    for pair, length in zip(words[::2], words[1::2], strict=True):
        first, second = (number_of(symbol) for symbol in pair.split("-"))
        table[first, second] = table[second, first] = float(length)
    return table


def _thresholds() -> NDArray[np.float64]:
    """A length 0 (no entry) gives the threshold 0, below which no distance lies."""
    within = np.where(LENGTHS_PM > 0, LENGTHS_PM + np.array(MARGINS_PM)[:, None, None], 0.0)
    return np.minimum.accumulate(within, axis=0)


def _allowed() -> NDArray[np.bool_]:
    allowed = np.zeros((NUM_ELEMENTS, LARGEST_VALENCE + 1), bool)
    for symbol, valences in VALENCES.items():
        allowed[number_of(symbol), list(valences)] = True
    return allowed


LENGTHS_PM = np.stack([_lengths(text) for text in (SINGLE_PM, DOUBLE_PM, TRIPLE_PM)])
"""`(3, elements, elements)` by order - 1 and atomic numbers, picometre; 0 where there is none."""

THRESHOLDS_PM = _thresholds()
"""`(3, elements, elements)`: a pair closer than this has at least that order, picometre."""

ALLOWED_VALENCES = _allowed()
"""`(elements, 6)`: is an atom of that atomic number stable with that sum of bond orders?"""
