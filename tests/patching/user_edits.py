"""Edits that users make to an upstream's files, for tests on many of them.

Each takes the bytes of a file that parses and a random generator, and gives bytes that parse, too.
Some keep every anchor, some may take one away: whether a plan says yes is not decided here.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from random import Random

UserEdit = Callable[[str, Random], str]

_STRINGS = re.compile(r'("""|\'\'\')[\s\S]*?\1')


def _free_lines(text: str) -> list[int]:
    """Indices of lines before which another line may be put: where a statement begins."""
    tree = ast.parse(text)
    return sorted({node.lineno - 1 for node in ast.walk(tree) if isinstance(node, ast.stmt)})


def _before(text: str, rng: Random, line: Callable[[str], str]) -> str:
    lines = text.splitlines(keepends=True)
    where = rng.choice(_free_lines(text))
    blanks = lines[where][: len(lines[where]) - len(lines[where].lstrip())]
    return "".join([*lines[:where], line(blanks), *lines[where:]])


def comment(text: str, rng: Random) -> str:
    return _before(text, rng, lambda blanks: f"{blanks}# note {rng.random()} \u00e5\n")


def dedented_comment(text: str, rng: Random) -> str:
    return _before(text, rng, lambda _: "# at the margin\n")


def blank_lines(text: str, rng: Random) -> str:
    return _before(
        text, rng, lambda blanks: rng.choice(["\n", "\n\n\n", f"{blanks}   \n", "\x0c\n"])
    )


def statement(text: str, rng: Random) -> str:
    lines = ("extra = {}\n", "print('\u2028', {})\n", "assert {} < 1\n", "if {}:\n{}    pass\n")
    number = rng.random()
    return _before(
        text, rng, lambda blanks: blanks + rng.choice(lines).replace("{}", str(number), 1)
        .replace("{}", blanks)
    )  # fmt: skip


def function(text: str, rng: Random) -> str:
    name = rng.choice(["helper", "penalty", "step", "misfit"])
    return (
        text + f"\n\ndef {name}{rng.randrange(99)}(gap):\n    gap = misfit(gap)\n    return gap\n"
    )


def method(text: str, rng: Random) -> str:
    added = "    def more(self, output):\n        gap = self.misfit(output)\n        return gap\n\n"
    return re.sub(r"(class \w+(?:\(.*\))?:\n)", lambda found: found[1] + added, text, count=1)


def imports(text: str, rng: Random) -> str:
    first = ast.parse(text).body
    after = first[0].end_lineno if ast.get_docstring(ast.parse(text), clean=False) else 0
    lines = text.splitlines(keepends=True)
    added = rng.choice(["import os\n", "from os import (\n  path,\n  sep)\n", "import os, sys\n"])
    return "".join([*lines[:after], added, *lines[after:]])


def trailing_blanks(text: str, rng: Random) -> str:
    lines = text.split("\n")
    inside = {
        number
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.expr) and node.end_lineno != node.lineno
        for number in range(node.lineno, (node.end_lineno or 0) + 1)
    }
    return "\n".join(
        line + rng.choice(["", "  ", "\t"])
        if number not in inside and not line.endswith("\\")
        else line
        for number, line in enumerate(lines, 1)
    )


def trailing_comments(text: str, rng: Random) -> str:
    return re.sub(r"\)$", lambda _: rng.choice([")", ")  # why", ")  # eloss?"]), text, flags=re.M)


def reordered(text: str, rng: Random) -> str:
    """Shuffles the module's classes and functions."""
    tree = ast.parse(text)
    lines = text.splitlines(keepends=True)
    spans = [
        (node.lineno - 1, node.end_lineno or 0)
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.decorator_list
    ]
    parts = ["".join(lines[start:end]) for start, end in spans]
    rng.shuffle(parts)
    for (start, end), part in reversed([*zip(spans, parts, strict=True)]):
        lines[start:end] = [part if part.endswith("\n") else part + "\n"]
    return "".join(lines)


def indentation(text: str, rng: Random) -> str:
    """Another width of indentation, or tabs, outside strings of several lines."""
    unit = rng.choice(["\t", "  ", "   ", "        "])
    kept = {
        number
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and node.end_lineno != node.lineno
        for number in range(node.lineno, node.end_lineno or 0)
    }
    lines = text.split("\n")
    width = _width(text)
    for number, line in enumerate(lines):
        blanks = len(line) - len(line.lstrip(" "))
        if number not in kept and blanks % width == 0:
            lines[number] = unit * (blanks // width) + line.lstrip(" ")
    return "\n".join(lines)


def _width(text: str) -> int:
    widths = [
        node.body[0].col_offset - node.col_offset
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.If)
    ]
    return max(min(widths, default=4), 1)


def annotations(text: str, rng: Random) -> str:
    text = re.sub(r"^( +def \w+\(self, \w+)", r"\1: list", text, count=1, flags=re.M)
    return re.sub(r"^( *)(args|gap|total) = (\w+\.)", r"\1\2: object = \3", text, flags=re.M)


def unparsed(text: str, rng: Random) -> str:
    """What a formatter that keeps no comment makes of it."""
    return ast.unparse(ast.parse(text)) + "\n"


def formatted(text: str, rng: Random) -> str:
    length = rng.choice(["20", "60", "88"])
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", length, "-"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    return done.stdout.decode()


def edited_value(text: str, rng: Random) -> str:
    """Changes a number or a name somewhere, perhaps in an anchor."""
    words = [*re.finditer(r"\b(\d+|noise|output|level|gap|total)\b", text)]
    if not words:
        return text
    word = rng.choice(words)
    changed = text[: word.start()] + rng.choice(["7", word[0] + "_", word[0]]) + text[word.end() :]
    return changed if _parses(changed) else text


def _parses(text: str) -> bool:
    try:
        compile(text, "edited", "exec")
    except SyntaxError:
        return False
    return True


TEXT_EDITS: tuple[UserEdit, ...] = (
    comment, dedented_comment, blank_lines, statement, function, method, imports, trailing_blanks,
    trailing_comments, reordered, indentation, annotations, edited_value, unparsed,
)  # fmt: skip
RARE_EDITS: tuple[UserEdit, ...] = (formatted,)


def crlf(data: bytes, rng: Random) -> bytes:
    return data.replace(b"\n", b"\r\n")


def mixed(data: bytes, rng: Random) -> bytes:
    return b"".join(
        line.replace(b"\n", rng.choice([b"\n", b"\r\n"])) for line in data.splitlines(keepends=True)
    )


def mark(data: bytes, rng: Random) -> bytes:
    return b"\xef\xbb\xbf" + data


def unended(data: bytes, rng: Random) -> bytes:
    return data.rstrip(b"\n")


def latin(data: bytes, rng: Random) -> bytes:
    text = data.decode()
    return b"# coding: latin-1\n" + text.encode("latin-1", errors="replace")


def as_is(data: bytes, rng: Random) -> bytes:
    return data


BYTE_EDITS = (as_is, as_is, crlf, mixed, mark, unended, latin)


def edited(data: bytes, seed: int) -> bytes:
    """A file after some edits of a user, drawn by a seed."""
    rng = Random(seed)
    text = data.decode()
    edits = rng.choices(TEXT_EDITS, k=rng.randrange(1, 6))
    if seed % 10 == 0:
        edits += rng.choices(RARE_EDITS)
    for edit in edits:
        changed = edit(text, rng)
        text = changed if _parses(changed) else text
    return rng.choice(BYTE_EDITS)(text.encode(), rng)
