"""Which molecules an upstream can take: its elements, its sizes, and bonds if it wants them."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.chem.elements import symbol_of
from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.exporters.exporter import Exporter, Prepared
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.errors import Refused
from eloss_plugins.progress import progress

Mask = NDArray[np.bool_]

NO_BONDS = "whose bonds cannot be told"


@dataclass(frozen=True)
class Fit:
    """What fits, and why the rest does not.

    Attributes:
        prepared: the molecules that fit.
        unfit: how many do not.
        reasons: how many for each reason; a molecule may have several.
    """

    prepared: Prepared
    unfit: int
    reasons: dict[str, int]


def fit(data: DataSet, exporter: Exporter, *, drop_unknown: bool) -> Fit:
    """The part of `data` that the upstream can take.

    Raises:
        Refused: some molecules do not fit and `drop_unknown` is off, or nothing of a split is left.
    """
    bad = _unfit(data.molecules, exporter)
    wrong = _any(bad, len(data.molecules))
    _check(exporter, bad, wrong, drop_unknown)  # before the bonds, which take a while
    packed, failed = _packed(data.molecules, wrong, exporter)
    bad |= {NO_BONDS: failed} if failed.any() else {}
    wrong = wrong | failed
    _check(exporter, bad, wrong, drop_unknown)
    kept = tuple(packed[place] for place in np.flatnonzero(~wrong) if packed)
    reasons = {why: int(mask.sum()) for why, mask in bad.items()}
    return Fit(Prepared(_kept(data, wrong, exporter), kept), int(wrong.sum()), reasons)


def _any(masks: dict[str, Mask], count: int) -> Mask:
    return np.asarray(np.any([np.zeros(count, dtype=bool), *masks.values()], axis=0))


def _check(exporter: Exporter, bad: dict[str, Mask], wrong: Mask, drop_unknown: bool) -> None:
    if bad and not drop_unknown:
        listed = ", ".join(f"{int(mask.sum())} {why}" for why, mask in bad.items())
        raise Refused(
            f"{exporter.title} takes {_taken(exporter)}; {int(wrong.sum())} of {len(wrong)} "
            f"molecules do not fit: {listed}. Leave them out with --drop-unknown, or choose other "
            "data."
        )


def _unfit(molecules: MoleculeSet, exporter: Exporter) -> dict[str, Mask]:
    """Reasons that need no bonds, each with `(molecules,)` whether it holds."""
    unknown = np.setdiff1d(np.unique(molecules.numbers), exporter.elements).tolist()
    reasons = {f"with {symbol_of(number)}": _contain(molecules, number) for number in unknown}
    counts = exporter.count(molecules)
    other = [count for count in np.unique(counts).tolist() if count not in exporter.sizes]
    if other:
        span = f"{other[0]} atoms" if len(other) == 1 else f"{other[0]} to {other[-1]} atoms"
        reasons[f"of another size ({span})"] = np.isin(counts, other)
    return reasons


def _contain(molecules: MoleculeSet, number: int) -> Mask:
    """`(molecules,)` whether each has an atom of an element."""
    running = np.concatenate([[0], np.cumsum(molecules.numbers == number)])
    return np.asarray(np.diff(running[molecules.offsets]) > 0)


def _packed(molecules: MoleculeSet, skip: Mask, exporter: Exporter) -> tuple[list[bytes], Mask]:
    """Every molecule that is not skipped with its bonds, and where there are none to be found."""
    failed = np.zeros(len(molecules), dtype=bool)
    if not exporter.needs_bonds:
        return [], failed
    from eloss_plugins.chem.perceive import perceive

    packed = []
    with progress("finding bonds", len(molecules)) as task:
        for place, molecule in enumerate(molecules):
            found = None if skip[place] else perceive(molecule)
            failed[place] = found is None and not skip[place]
            packed.append(b"" if found is None else found.ToBinary())
            task.advance()
    return packed, failed


def _kept(data: DataSet, wrong: Mask, exporter: Exporter) -> DataSet:
    """`data` without the molecules that are `wrong`, splits kept."""
    place = np.cumsum(~wrong) - 1
    splits = {name: place[old[~wrong[old]]] for name, old in data.splits.items()}
    empty = [name for name, left in splits.items() if len(left) == 0]
    if empty:
        raise Refused(
            f"of the molecules of {', '.join(empty)} none fits {exporter.title}, which takes "
            f"{_taken(exporter)}. Choose other data."
        )
    return replace(data, molecules=data.molecules.subset(np.flatnonzero(~wrong)), splits=splits)


def _taken(exporter: Exporter) -> str:
    elements = " ".join(symbol_of(number) for number in exporter.elements)
    return f"{elements} and {exporter.sizes_text}"
