"""What `eloss graph` tells: as text for people, as plain values for programs."""

import textwrap
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from eloss_plugins.chem.formula import formula
from eloss_plugins.cli.graph_portrait import Portrait
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.graphs.checking import Finding
from eloss_plugins.graphs.rigid.certificate import Certificate, Level
from eloss_plugins.graphs.summary import Summary, Worst
from eloss_plugins.report.graph_strokes import WORDS

LISTED = 20
"""Molecules named one by one; `--json` names all."""

WIDTH = 92

LONGEST = 9
"""Digits of an order of a group; `--json` has them all."""

FLAT = 1e-3
"""Stiffness of all pairs below which atoms are all but in a plane or a line, out of which no
lengths hold them to first order."""

LEVELS: Mapping[Level, str] = {
    Level.COMPLETE: "all pairs are edges (complete)",
    Level.LATERATION: "each atom fixed by earlier ones (lateration)",
    Level.GENERIC: "almost every placement only (generic)",
    Level.NONE: "nothing proved (none)",
}

MEANING: Mapping[Level, str] = {
    Level.COMPLETE: (
        "All pairs are edges, so every distance in the molecule is known, and all distances leave "
        "it one shape."
    ),
    Level.LATERATION: (
        "These edge lengths leave the molecule one shape. No other arrangement of its atoms, bent, "
        "turned about a bond or folded over, has the same lengths."
    ),
    Level.GENERIC: (
        "It does not bend, and almost every placement of its atoms would be the only one with its "
        "edge lengths. That this very shape is has not been proved."
    ),
    Level.NONE: "It is not proved that another shape does not have the same edge lengths.",
}

MIRROR = "The mirror image has them too: lengths do not tell left from right."

Row = tuple[str, str, str]


def built(summary: Summary, molecules: MoleculeSet, seconds_each: float | None) -> str:
    """The table of `build`, and the molecules without a certificate."""
    each = "were on disk" if seconds_each is None else f"{1e3 * seconds_each:.2f} ms"
    rows: list[Row] = [
        ("molecules", str(summary.molecules), ""),
        ("certified to have one shape", str(summary.certified), ""),
        *((f"  {LEVELS[at]}", str(n), "") for at, n in summary.levels.items() if n),
        ("edges an atom, mean", f"{summary.edges_per_atom:.2f}", ""),
        *_worst("edges an atom, most", summary.most_edges_per_atom, "", molecules),
        ("edges, of all pairs", f"{100 * summary.share_of_pairs:.1f} %", ""),
        *_worst(SINGULAR, summary.smallest_singular, " Å", molecules),
        ("time a molecule", each, ""),
    ]
    return "\n".join([_aligned(rows), *_named(summary.not_certified, molecules, NOT_CERTIFIED)])


SINGULAR = "smallest anchor singular value"
NOT_CERTIFIED = "Not certified:"
NOT_PROVED = "Do not hold:"


def checked(findings: Sequence[Finding], molecules: MoleculeSet) -> str:
    """The table of `check`, and the molecules whose graphs do not hold."""
    wrong = _wrong(findings)
    rows: list[Row] = [
        ("graphs", str(len(findings)), ""),
        ("proved to leave one shape", str(len(findings) - len(wrong)), ""),
        *_worst(SINGULAR, _smallest(findings), " Å", molecules),
    ]
    return "\n".join([_aligned(rows), *_named(wrong, molecules, NOT_PROVED)])


def portrait(seen: Portrait, place: int) -> str:
    """The graph of one molecule in words."""
    molecule, graph = seen.molecule, seen.graph
    head = f"molecule {place}" + (
        f", {molecule.name}" if molecule.name != f"molecule {place}" else ""
    )
    share = f"{100 * graph.num_edges / max(seen.num_pairs, 1):.0f} %"
    each = graph.num_edges / max(graph.num_atoms, 1)
    rows: list[Row] = [
        ("edges", str(graph.num_edges), f"of {seen.num_pairs} pairs ({share}), {each:.2f} an atom"),
        *((f"  {WORDS[stroke]}", str(count), "") for stroke, count in seen.counts.items()),
        ("symmetry of the shape", *_exchanges(seen.geometric_order, "all distances")),
        ("symmetry of the bonds", *_exchanges(seen.topological_order, "the bonds")),
        ("symmetry of the graph", *_group(seen)),
        ("stiffness", *_stiffness(seen)),
    ]
    return "\n".join(
        [
            f"{head}: {formula(molecule)}, {len(molecule)} atoms",
            "",
            *_certificate(graph.certificate),
            "",
            _aligned(rows),
        ]
    )


def _certificate(proof: Certificate) -> list[str]:
    told = [f"Certificate: {LEVELS[proof.level]}.", MEANING[proof.level]]
    if proof.unique:
        told.append(MIRROR)
    if proof.level != Level.COMPLETE:
        told.append(f"{'Proof' if proof.unique else 'Because'}: {proof.reason}")
    if proof.unique and isfinite(proof.smallest_singular):
        told.append(
            f"The flattest of these sets of anchors has the singular value "
            f"{proof.smallest_singular:.3g} Å: the smaller it is, the more an error in a length "
            "moves an atom."
        )
    return textwrap.wrap(" ".join(told[:1]), WIDTH) + textwrap.wrap(" ".join(told[1:]), WIDTH)


def _group(seen: Portrait) -> tuple[str, str]:
    group = seen.graph.group
    if group is None:
        return "-", "not asked for (--symmetry)"
    return _exchanges(group.order, "its edges")


def _exchanges(order: int, what: str) -> tuple[str, str]:
    """The order of a group; the identity alone is no symmetry."""
    if order == 1:
        return "1", f"none: only leaving all atoms in place keeps {what}"
    return _short(order), f"permutations of the atoms keep {what}"


def _short(order: int) -> str:
    """All digits of a number, or the first three of one that is too large to be read."""
    digits = str(order)
    if len(digits) <= LONGEST:
        return digits
    return f"{digits[0]}.{digits[1:3]}e{len(digits) - 1}"


def _stiffness(seen: Portrait) -> tuple[str, str]:
    if not isfinite(seen.stiffness):
        return "-", "there is nothing to deform"
    told = (
        f"smallest eigenvalue, unit springs; all pairs {seen.complete_stiffness:.3g}, "
        f"ratio {seen.stiffness_ratio:.3g}"
    )
    flat = "" if seen.complete_stiffness > FLAT else " (nearly flat: all pairs are as soft)"
    return f"{seen.stiffness:.3g}", told + flat


def summary_entries(summary: Summary, molecules: MoleculeSet) -> dict[str, Any]:
    """The numbers of `build` for programs."""
    return {
        "molecules": summary.molecules,
        "certified": summary.certified,
        "levels": {level.name.lower(): count for level, count in summary.levels.items()},
        "not_certified": _entries(summary.not_certified, molecules),
        "edges_per_atom": summary.edges_per_atom,
        "most_edges_per_atom": _worst_entry(summary.most_edges_per_atom),
        "share_of_pairs": summary.share_of_pairs,
        "smallest_singular": _worst_entry(summary.smallest_singular),
    }


def finding_entries(findings: Sequence[Finding], molecules: MoleculeSet) -> dict[str, Any]:
    """The numbers of `check` for programs."""
    wrong = _wrong(findings)
    return {
        "molecules": len(findings),
        "certified": len(findings) - len(wrong),
        "not_certified": _entries(wrong, molecules),
        "smallest_singular": _worst_entry(_smallest(findings)),
    }


def portrait_entries(seen: Portrait) -> dict[str, Any]:
    """The numbers of `show` for programs."""
    graph, proof = seen.graph, seen.graph.certificate
    return {
        "formula": formula(seen.molecule),
        "atoms": graph.num_atoms,
        "pairs": seen.num_pairs,
        "edges": graph.num_edges,
        "edges_by_kind": {WORDS[stroke]: count for stroke, count in seen.counts.items()},
        "certificate": {
            "level": proof.level.name.lower(),
            "unique": proof.unique,
            "smallest_singular": proof.smallest_singular,
            "reason": proof.reason,
        },
        "geometric_order": seen.geometric_order,
        "topological_order": seen.topological_order,
        "graph_group_order": None if graph.group is None else graph.group.order,
        "stiffness": seen.stiffness,
        "complete_stiffness": seen.complete_stiffness,
        "stiffness_ratio": seen.stiffness_ratio,
    }


def _wrong(findings: Sequence[Finding]) -> dict[int, str]:
    return {place: " ".join(it.wrong) for place, it in enumerate(findings) if it.wrong}


def _smallest(findings: Sequence[Finding]) -> Worst | None:
    known = [
        Worst(found.certificate.smallest_singular, place)
        for place, found in enumerate(findings)
        if found.certificate.unique and isfinite(found.certificate.smallest_singular)
    ]
    return min(known, key=lambda worst: worst.value, default=None)


def _worst(label: str, worst: Worst | None, unit: str, molecules: MoleculeSet) -> list[Row]:
    if worst is None:
        return []
    digits = ".2g" if unit else ".2f"
    return [(label, f"{worst.value:{digits}}{unit}", _name(worst.molecule, molecules))]


def _name(place: int, molecules: MoleculeSet) -> str:
    name = molecules[place].name
    return f"molecule {place}" if name == f"molecule {place}" else f"molecule {place}, {name}"


def _named(reasons: Mapping[int, str], molecules: MoleculeSet, title: str) -> list[str]:
    if not reasons:
        return []
    lines = [f"  {_name(at, molecules)}: {why}" for at, why in list(reasons.items())[:LISTED]]
    more = len(reasons) - LISTED
    return ["", title, *lines, *([f"  and {more} more; --json names all"] if more > 0 else [])]


def _entries(reasons: Mapping[int, str], molecules: MoleculeSet) -> list[dict[str, Any]]:
    return [
        {"molecule": at, "name": molecules[at].name, "reason": why} for at, why in reasons.items()
    ]


def _worst_entry(worst: Worst | None) -> dict[str, Any] | None:
    return None if worst is None else {"value": worst.value, "molecule": worst.molecule}


def _aligned(rows: Sequence[Row]) -> str:
    """Label to the left, number to the right, remark to the left."""
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    lines = [f"{label:<{first}}  {number:>{second}}  {remark}" for label, number, remark in rows]
    return "\n".join(line.rstrip() for line in lines)
