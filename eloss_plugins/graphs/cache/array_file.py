"""Named arrays in one file that is mapped, not read: no pickle, nothing run, all checked.

A line of JSON says what follows: the key of the content, and of each array type, shape, place and
checksum. Numbers are little-endian, and arrays begin at multiples of 64 bytes.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.atomic_write import atomic_write

MAGIC = b"eloss graphs 1\n"
ALIGNED = 64
LONGEST_HEADER = 1 << 26
KINDS = ("<u2", "<i2", "<i4", "<i8", "<f8", "|u1", "|i1")

Arrays = Mapping[str, NDArray[Any]]


class Damaged(Exception):
    """A file that is not what it should be, and why."""


@dataclass(frozen=True)
class ArrayFile:
    """What a file holds.

    Attributes:
        arrays: by name, mapped read-only.
        notes: small things beside them, as JSON has them.
    """

    arrays: dict[str, NDArray[Any]]
    notes: dict[str, Any]


def write(path: Path, key: str, arrays: Arrays, notes: Mapping[str, Any]) -> None:
    """Write a file in one step.

    Raises:
        OSError: no space, no permission, no folder.
    """
    laid = {name: _plain(array) for name, array in arrays.items()}
    entries, place = {}, 0
    for name, array in laid.items():
        entries[name] = {
            "kind": array.dtype.str,
            "shape": list(array.shape),
            "at": place,
            "crc": zlib.crc32(_bytes(array)),
        }
        place += _padded(array.nbytes)
    header = json.dumps({"key": key, "arrays": entries, "bytes": place, "notes": dict(notes)})

    def fill(stream: BinaryIO) -> None:
        head = MAGIC + header.encode() + b"\n"
        stream.write(head.ljust(_padded(len(head)), b"\0"))
        for array in laid.values():
            stream.write(_bytes(array))
            stream.write(bytes(_padded(array.nbytes) - array.nbytes))

    atomic_write(path, fill)


def read(path: Path, key: str) -> ArrayFile:
    """Map the arrays of a file, after their checksums have been compared.

    Raises:
        Damaged: it is truncated or garbled, or belongs to another key.
        OSError: it cannot be opened.
    """
    header, start = _header(path)
    if header.get("key") != key:
        raise Damaged("it belongs to other data or other options")
    if path.stat().st_size != start + header.get("bytes", -1):
        raise Damaged("it is not as long as it should be")
    whole = np.memmap(path, np.uint8, mode="r") if start else np.zeros(0, np.uint8)
    try:
        arrays = {
            name: _mapped(name, whole[start:], entry) for name, entry in header["arrays"].items()
        }
        return ArrayFile(arrays, dict(header["notes"]))
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise Damaged(f"its header makes no sense ({type(problem).__name__})") from problem


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """What the first line says, and where the arrays begin."""
    with path.open("rb") as stream:
        if stream.read(len(MAGIC)) != MAGIC:
            raise Damaged("it does not begin as a file of graphs does")
        line = stream.readline(LONGEST_HEADER)
    try:
        header = json.loads(line)
    except ValueError as problem:
        raise Damaged("its header cannot be read") from problem
    if not isinstance(header, dict):
        raise Damaged("its header is none")
    return header, _padded(len(MAGIC) + len(line))


def _mapped(name: str, content: NDArray[np.uint8], entry: Mapping[str, Any]) -> NDArray[Any]:
    kind, shape, at = entry["kind"], tuple(entry["shape"]), int(entry["at"])
    if kind not in KINDS or any(int(length) < 0 for length in shape):
        raise Damaged(f"its array `{name}` is of an unknown type")
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(kind).itemsize
    raw = content[at : at + size]
    if len(raw) != size or zlib.crc32(_bytes(raw)) != entry["crc"]:
        raise Damaged(f"the checksum of its array `{name}` is not the recorded one")
    array: NDArray[Any] = raw.view(kind).reshape(shape)
    return array


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """The array in C order and little-endian."""
    return np.ascontiguousarray(array, array.dtype.newbyteorder("<"))


def _bytes(array: NDArray[Any]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data


def _padded(length: int) -> int:
    return -(-length // ALIGNED) * ALIGNED
