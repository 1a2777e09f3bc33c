"""Element symbols by atomic number."""

from eloss_plugins.errors import UsageError

_SYMBOL_LIST = (
    "* H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As "
    "Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd "
    "Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am "
    "Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og"
)
SYMBOLS = tuple(_SYMBOL_LIST.split())
"""Symbol of each atomic number; place 0 is `*`, which stands for no element."""

_NUMBERS = {symbol: number for number, symbol in enumerate(SYMBOLS)}


def symbol_of(number: int) -> str:
    """The symbol of an atomic number; `*` where there is no such element."""
    return SYMBOLS[number] if 0 < number < len(SYMBOLS) else SYMBOLS[0]


def number_of(symbol: str) -> int:
    """The atomic number of a symbol, in any case.

    Raises:
        UsageError: no element has that symbol.
    """
    number = _NUMBERS.get(symbol.strip().capitalize())
    if number is None:
        raise UsageError(f"expected an element symbol such as C; got {symbol!r}")
    return number
