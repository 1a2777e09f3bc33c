"""The result of an evaluation, as it is stored and printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eloss_plugins.errors import UsageError
from eloss_plugins.metrics.geometry import BondLengthError, Geometry
from eloss_plugins.metrics.rate import Rate

SCHEMA = 1
"""Version of the JSON form; a change that old readers would misread raises it."""

STATED_LABELS = {
    "atom_stability_2d": "atoms stable, stated bonds",
    "molecule_stability_2d": "molecules stable, stated bonds",
    "validity_2d": "valid, stated bonds",
    "completeness_2d": "valid and in one piece, stated bonds",
    "uniqueness_2d": "unique, stated bonds, of generated",
    "novelty_2d": "novel, stated bonds, of unique",
    "bonds_agree": "stated bonds are those of distances",
}
"""Rates by the bonds that molecules state; only models that make bonds have them."""

LABELS = {
    "atom_stability": "atoms stable",
    "molecule_stability": "molecules stable",
    "molecule_stable_and_connected": "molecules stable and connected",
    "validity": "valid",
    "completeness": "valid and in one piece",
    "without_clashes": "without clashing atoms",
    "uniqueness_of_valid": "unique, of valid",
    "uniqueness_of_generated": "unique, of generated",
    "novelty": "novel, of unique",
    **STATED_LABELS,
}
"""What each rate is called in tables, in the order of tables."""


@dataclass(frozen=True)
class Evaluation:
    """A set of molecules judged.

    Attributes:
        molecules: how many were judged.
        atoms: their atoms together.
        rates: by name; `LABELS` lists the names.
        failures: how many molecules fail for each reason, each counted once, under the first
            reason that holds; most frequent first.
        geometry: errors of distances; None without a reference.
    """

    molecules: int
    atoms: int
    rates: Mapping[str, Rate]
    failures: Mapping[str, int]
    geometry: Geometry | None = None

    def to_json(self) -> dict[str, object]:
        """Plain objects, free of NaN; `from_json` reads them back."""
        return {
            "schema": SCHEMA,
            "molecules": self.molecules,
            "atoms": self.atoms,
            "rates": {name: rate.to_json() for name, rate in self.rates.items()},
            "failures": dict(self.failures),
            "geometry": self.geometry.to_json() if self.geometry else None,
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Evaluation":
        """Read what `to_json` wrote.

        Raises:
            UsageError: another schema, or something is missing.
        """
        if record.get("schema") != SCHEMA:
            raise UsageError(
                f"expected an evaluation of schema {SCHEMA}; got {record.get('schema')!r}. "
                "Evaluate the molecules again"
            )
        try:
            return _parsed(record)
        except (KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"the evaluation is incomplete: {error}") from error

    def table(self) -> str:
        """Aligned plain text for a terminal, ASCII only."""
        rows = [("molecules", str(self.molecules), ""), ("atoms", str(self.atoms), "")]
        for name, rate in self.rates.items():
            low, high = rate.interval()
            interval = f"[{100 * low:.1f}, {100 * high:.1f}]"
            rows.append((LABELS.get(name, name), str(rate), interval))
        rows += [*self._geometry_rows(), *self._failure_rows()]
        return aligned([("", "counts", "95 % interval"), *rows])

    def _geometry_rows(self) -> list[tuple[str, str, str]]:
        if self.geometry is None:
            return []
        return [
            ("distance error (W1)", angstrom(self.geometry.distances), ""),
            ("bond-length error (W1)", angstrom(self.geometry.bond_lengths), ""),
        ]

    def _failure_rows(self) -> list[tuple[str, str, str]]:
        return [(f"failed: {reason}", str(count), "") for reason, count in self.failures.items()]


def angstrom(value: float | None) -> str:
    """A length for tables."""
    return "undefined" if value is None else f"{value:.4f} A"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows as columns of plain text."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    padded = ("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in padded)


def _parsed(record: Mapping[str, Any]) -> Evaluation:
    return Evaluation(
        molecules=record["molecules"],
        atoms=record["atoms"],
        rates={name: _rate(rate) for name, rate in record["rates"].items()},
        failures=dict(record["failures"]),
        geometry=_geometry(record["geometry"]) if record["geometry"] else None,
    )


def _rate(record: Mapping[str, Any]) -> Rate:
    return Rate(record["numerator"], record["denominator"], record["trials"])


def _geometry(record: Mapping[str, Any]) -> Geometry:
    by_pair = {name: BondLengthError(**error) for name, error in record["by_pair"].items()}
    return Geometry(record["distances"], record["bond_lengths"], by_pair)
