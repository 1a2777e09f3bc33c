"""Graphs of molecules in one file that other programs read: flat arrays with offsets, in npz."""

import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.atomic_write import atomic_write
from eloss_plugins.errors import UsageError
from eloss_plugins.graphs.cache.array_file import ArrayFile, Damaged
from eloss_plugins.graphs.cache.packed import PackedGraphs, pack
from eloss_plugins.graphs.cache.structures import Structures
from eloss_plugins.graphs.recipe import Recipe
from eloss_plugins.graphs.rigid.certificate import Level
from eloss_plugins.graphs.rigid.graph import Kind, RigidGraph

VERSION = 1
ARCHIVE = b"PK"  # begins every zip file, and so every npz

PACKED_NAMES: Mapping[str, str] = {
    "atom_offsets": "atoms",
    "edge_offsets": "edge_ends",
    "edges": "edges",
    "kinds": "kinds",
    "order": "order",
    "anchors": "anchors",
    "affine_rank": "ranks",
    "level": "levels",
    "smallest_singular": "singular",
    "reason": "reasons",
    "generators": "generators",
    "generator_offsets": "generator_ends",
}
"""Arrays of the file to what `pack` calls them."""

OFFSETS = {"atom_offsets": "order", "edge_offsets": "edges", "generator_offsets": "generators"}
TEXTS = ("names", "group_order", "reason_texts", "kind_names", "level_names", "recipe")
READING = (
    BadZipFile, zlib.error, struct.error, EOFError, LookupError, MemoryError, OverflowError,
    RuntimeError, SyntaxError, TypeError, ValueError,
)  # fmt: skip
"""What numpy and zipfile raise where a file is not what it should be."""


@dataclass(frozen=True, eq=False)
class GraphFile:
    """What a file of graphs holds.

    Attributes:
        structures: the molecules, without bonds.
        names: `(molecules,)` of each; empty texts where they have none.
        graphs: of each.
        recipe: how they were made, as `dataclasses.asdict` of a `Recipe` has it.
    """

    structures: Structures
    names: tuple[str, ...]
    graphs: Sequence[RigidGraph]
    recipe: Mapping[str, Any]


def write(
    path: Path,
    structures: Structures,
    names: Sequence[str],
    graphs: Iterable[RigidGraph],
    recipe: Recipe,
) -> None:
    """Write a file in one step.

    Args:
        path: of the file; its ending is not looked at.
        structures: the molecules.
        names: of each, or none at all.
        graphs: of each.
        recipe: how they were made.

    Raises:
        OSError: no space, no permission, no folder.
    """
    packed = pack(graphs, structures.positions.shape[1])
    arrays = {name: packed.arrays[inner] for name, inner in PACKED_NAMES.items()}
    orders = [packed.notes["orders"].get(str(place), "") for place in range(len(structures))]
    arrays |= {
        "version": np.array(VERSION),
        "positions": structures.positions,
        "names": np.array(names or [""] * len(structures), np.str_),
        "reason_texts": np.array(packed.notes["reasons"], np.str_),
        "group_order": np.array(orders, np.str_),
        "kind_names": np.array([kind.name.lower() for kind in Kind]),
        "level_names": np.array([level.name.lower() for level in Level]),
        "recipe": np.array(json.dumps(asdict(recipe), sort_keys=True)),
    }
    if structures.numbers is not None:
        arrays["numbers"] = structures.numbers
    save: Any = np.savez_compressed  # its stub takes no dictionary
    atomic_write(path, lambda stream: save(stream, **arrays))


def read(path: Path) -> GraphFile:
    """Read and check a file.

    Raises:
        UsageError: it is damaged, of a later version, or something else altogether.
        OSError: it cannot be opened.
    """
    try:
        return _understood(_loaded(path))
    except Damaged as problem:
        raise UsageError(
            f"{path} is no sound file of graphs: {problem}. Make it anew with eloss graph build"
        ) from problem


def _loaded(path: Path) -> dict[str, NDArray[Any]]:
    with path.open("rb") as stream:
        if stream.read(len(ARCHIVE)) != ARCHIVE:
            raise Damaged("it is no npz archive")
        stream.seek(0)
        return _arrays(stream)


def _arrays(stream: BinaryIO) -> dict[str, NDArray[Any]]:
    try:
        with np.load(stream, allow_pickle=False) as found:
            return {name: found[name] for name in found.files}
    except READING as problem:
        told = " ".join(str(problem).split()) or type(problem).__name__
        raise Damaged(f"it cannot be read ({told[:120]})") from problem


def _understood(found: dict[str, NDArray[Any]]) -> GraphFile:
    needed = {"version", "positions", *TEXTS, *PACKED_NAMES}
    missing = sorted(needed - set(found))
    if missing:
        raise Damaged(f"it has no array `{missing[0]}`")
    if found["version"].shape or found["version"] != VERSION:
        raise Damaged(f"it is of version {found['version']}, and this package reads {VERSION}")
    _check(found)
    structures = _structures(found)
    notes = {
        "reasons": found["reason_texts"].tolist(),
        "orders": {str(at): order for at, order in enumerate(found["group_order"]) if order},
    }
    packed = ArrayFile({inner: found[name] for name, inner in PACKED_NAMES.items()}, notes)
    return GraphFile(
        structures, tuple(found["names"].tolist()), PackedGraphs(packed), _recipe(found["recipe"])
    )


def _structures(found: Mapping[str, NDArray[Any]]) -> Structures:
    positions = found["positions"]
    if positions.ndim != 2 or positions.dtype.kind != "f" or not np.isfinite(positions).all():
        raise Damaged("its positions are not finite numbers of (atoms, D)")
    try:
        return Structures(positions, found["atom_offsets"], found.get("numbers"))
    except UsageError as problem:
        raise Damaged("its atoms do not fit its molecules") from problem


def _recipe(text: NDArray[Any]) -> dict[str, Any]:
    try:
        found = json.loads(str(text))
    except ValueError as problem:
        raise Damaged("its recipe cannot be read") from problem
    if not isinstance(found, dict):
        raise Damaged("its recipe is none")
    return found


def _check(found: Mapping[str, NDArray[Any]]) -> None:
    """Types, shapes and ranges: with these no array leads outside another."""
    for name in PACKED_NAMES:
        if found[name].dtype.kind not in ("f" if name == "smallest_singular" else "iu"):
            raise Damaged(f"its array `{name}` is of type {found[name].dtype}")
    for name in TEXTS:
        if found[name].dtype.kind != "U":
            raise Damaged(f"its array `{name}` is no text")
    for name, holds in OFFSETS.items():
        _check_offsets(name, found[name], len(found[holds]))
    molecules = len(found["atom_offsets"]) - 1
    for name in ("affine_rank", "level", "smallest_singular", "reason", "group_order", "names"):
        if found[name].shape != (molecules,):
            raise Damaged(f"its array `{name}` is not one entry for each molecule")
    _check_graphs(found)


def _check_offsets(name: str, offsets: NDArray[Any], last: int) -> None:
    rises = offsets.ndim == 1 and len(offsets) and (np.diff(offsets) >= 0).all()
    if not rises or offsets[0] != 0 or offsets[-1] != last:
        raise Damaged(f"its array `{name}` does not rise from 0 to {last}")


def _check_graphs(found: Mapping[str, NDArray[Any]]) -> None:
    sizes = np.diff(found["atom_offsets"])
    of_edge = np.repeat(sizes, np.diff(found["edge_offsets"]))
    of_atom = np.repeat(sizes, sizes)
    edges, anchors, generators = found["edges"], found["anchors"], found["generators"]
    lengths = np.diff(found["generator_offsets"])
    sound = {
        "edges": edges.shape == (len(of_edge), 2)
        and bool((edges[:, 0] >= 0).all())
        and bool((edges[:, 0] < edges[:, 1]).all())
        and bool((edges[:, 1] < of_edge).all()),
        "kinds": found["kinds"].shape == of_edge.shape and _below(found["kinds"], len(Kind)),
        "order": found["order"].shape == of_atom.shape and _below(found["order"], of_atom),
        "anchors": anchors.ndim == 2
        and len(anchors) == len(of_atom)
        and _below(anchors + 1, of_atom[:, None] + 1),
        "level": _below(found["level"], len(Level)),
        "reason": _below(found["reason"], len(found["reason_texts"])),
        "generators": generators.ndim == 1
        and not (lengths % np.maximum(sizes, 1)).any()
        and _below(generators, np.repeat(sizes, lengths)),
        "group_order": all(order == "" or order.isdecimal() for order in found["group_order"]),
    }
    for name, is_sound in sound.items():
        if not is_sound:
            raise Damaged(f"its array `{name}` points outside of its molecules")


def _below(values: NDArray[Any], limits: NDArray[Any] | int) -> bool:
    return bool((values >= 0).all() and (values < limits).all())
