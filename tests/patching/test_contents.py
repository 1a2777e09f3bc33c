"""Files of every make are patched, and come back byte for byte."""

import ast
import re

import pytest

from eloss_plugins.patching.apply import apply
from eloss_plugins.patching.revert import revert

from .checkouts import FILES_OF, snapshot, touching
from .sources import FILES, MODEL_PATH, SHAPER


def tabs(data: bytes) -> bytes:
    return re.sub(rb"(?m)^( {4})+", lambda found: b"\t" * (len(found[0]) // 4), data)


def two_blanks(data: bytes) -> bytes:
    return re.sub(rb"(?m)^( {4})+", lambda found: b"  " * (len(found[0]) // 4), data)


def mixed_ends(data: bytes) -> bytes:
    lines = data.splitlines()
    return b"".join(line + (b"\r\n", b"\n")[i // 3 % 2] for i, line in enumerate(lines))


def reordered(data: bytes) -> bytes:
    """The classes and functions of the module in another order, below more imports."""
    text = data.decode()
    lines = text.splitlines(keepends=True)
    body = ast.parse(text).body
    spans = [(it.lineno - 1, it.end_lineno) for it in body]
    first = next((i for i, it in enumerate(body) if hasattr(it, "body")), len(body))
    parts = ["".join(lines[start:end]) for start, end in spans]
    return "\n".join([*parts[:first], "import os\n", *reversed(parts[first:])]).encode()


MAKES = {
    "moved down": lambda data: b"# one\n" * 40 + data,
    "reordered, more imports": reordered,
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "mixed line ends": mixed_ends,
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "latin-1": lambda data: b"# coding: latin-1\n# \xe9\xff\n" + data + b"# \xa0\x85\n",
    "mark and cookie": lambda data: b"\xef\xbb\xbf# coding: utf-8\n" + data,
    "not ASCII": lambda data: "# \u00c5ngstr\u00f6m \U0001d6fc \u2028\n".encode() + data,
    "no final newline": lambda data: data.rstrip(b"\n"),
    "ends with an anchor": lambda data: data.partition(b"\nprint(Shaper")[0],
    "form feeds": lambda data: data.replace(b"\n\n\n", b"\n\x0c\n\x0c\n"),
    "tabs": tabs,
    "two blanks": two_blanks,
    "trailing blanks": lambda data: data.replace(b")\n", b")  \t\n"),
    "a long line": lambda data: b"x = [" + b"1, " * 5000 + b"]\n" + data,
    "a docstring": lambda data: data.replace(
        b"def step(model, points):\n", b"def step(model, points):\n        'New.'\n"
    ),
    "no docstring": lambda data: data.replace(b'        """How far off."""\n', b""),
    "type hints": lambda data: data.replace(b"total = max", b"total: float = max").replace(
        b"def penalty(self, points, level):", b"def penalty(self, points: list, level: int) -> int:"
    ),
}


@pytest.mark.parametrize("name", MAKES)
def test_it_is_patched_and_comes_back(checkout, name):
    made = {path: MAKES[name](data) for path, data in FILES.items()}
    assert made != FILES
    for path, data in made.items():
        (checkout / path).write_bytes(data)
    before = snapshot(checkout)
    with touching(checkout, *FILES_OF):
        apply(checkout, SHAPER)
    for path in FILES_OF:
        data = (checkout / path).read_bytes()
        compile(data, path, "exec")
        assert data.count(b"  # eloss") == sum(len(edit.lines) for edit in SHAPER.files[path])
    revert(checkout, "shaper", SHAPER)
    assert snapshot(checkout) == before


@pytest.mark.parametrize("name", ["CRLF", "mixed line ends"])
def test_a_line_of_ours_ends_as_its_neighbour_does(checkout, name):
    for path, data in FILES.items():
        (checkout / path).write_bytes(MAKES[name](data))
    apply(checkout, SHAPER)
    for path in FILES_OF:
        lines = (checkout / path).read_bytes().splitlines(keepends=True)
        ours = [i for i, line in enumerate(lines) if b"# eloss" in line]
        assert all(
            lines[i].endswith(b"\r\n") in {lines[i + step].endswith(b"\r\n") for step in (-1, 1)}
            for i in ours
        )


@pytest.mark.parametrize(("make_of", "unit"), [(tabs, "\t"), (two_blanks, "  ")])
def test_our_blocks_are_indented_as_the_file_is(checkout, make_of, unit):
    (checkout / MODEL_PATH).write_bytes(make_of(FILES[MODEL_PATH]))
    apply(checkout, SHAPER)
    ours = [
        line.removesuffix("  # eloss")
        for line in (checkout / MODEL_PATH).read_text().splitlines()
        if line.endswith("  # eloss")
    ]
    assert ours[:2] == [unit * 2 + "if self.width:", unit * 3 + "gap = gap + 0 * sum(noise)"]


def test_empty_files_beside_the_edited_ones_stay_empty(checkout):
    (checkout / "model" / "__init__.py").write_bytes(b"")
    with touching(checkout, *FILES_OF):
        apply(checkout, SHAPER)
