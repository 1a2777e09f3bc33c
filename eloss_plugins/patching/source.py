"""A Python file as text and back, byte for byte; what cannot make that journey is refused.

Lines and syntax come from the standard library's `ast`. Our edits only insert whole lines, so the
rest of the file is never printed anew, and a concrete-syntax parser has nothing to add.
"""

import ast
import codecs
import re
import tokenize
import warnings
from dataclasses import dataclass
from functools import cached_property

from eloss_plugins.errors import Refused
from eloss_plugins.patching.marker import lines_of, marked_lines

MAX_BYTES = 4 << 20  # no module that people write is near; parsing takes a hundred times its size


@dataclass(frozen=True)
class Source:
    """A Python file that decodes, encodes back to the same bytes, and parses.

    Attributes:
        path: below the checkout, for messages.
        data: the bytes.
        bom: byte order mark, or nothing.
        encoding: of the rest.
        lines: of the text, each with its own end.
    """

    path: str
    data: bytes
    bom: bytes
    encoding: str
    lines: tuple[str, ...]

    @classmethod
    def read(cls, path: str, data: bytes) -> "Source":
        """The file as text.

        Raises:
            Refused: too large, NUL bytes, lone carriage returns, unknown encoding, bytes that do
                not decode, or a syntax error; the message gives offset or line.
        """
        _check_bytes(path, data)
        bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        body = data[len(bom) :]
        encoding = _encoding(path, body, bom)
        text = _decoded(path, body, encoding, len(bom))
        source = cls(path, data, bom, encoding, tuple(re.findall(r"[^\n]*\n|[^\n]+", text)))
        _ = source.tree
        return source

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; its line numbers are those of `lines`, from 1."""
        return parsed(self.path, "".join(self.lines))

    @cached_property
    def marked(self) -> frozenset[int]:
        """Numbers, from 1, of the lines that bear our marker."""
        return frozenset(line.index + 1 for line in marked_lines(lines_of(self.data)))

    def with_lines(self, lines: tuple[str, ...]) -> "Source":
        """The same file with other lines.

        Raises:
            Refused: as `read`.
        """
        data = self.bom + "".join(lines).encode(self.encoding)
        return Source.read(self.path, data)


def parsed(path: str, text: str | bytes) -> ast.Module:
    """The syntax tree of a file, without the warnings that its own strings may give.

    Raises:
        Refused: it does not parse; with the line.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, path)
    except SyntaxError as error:
        raise Refused(f"{path}, line {error.lineno}: does not parse: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise Refused(f"{path}: is nested too deep to be parsed") from None


def _check_bytes(path: str, data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise Refused(f"{path}: expected at most {MAX_BYTES} bytes; got {len(data)}")
    if (offset := data.find(b"\0")) >= 0:
        raise Refused(f"{path}: NUL byte at offset {offset}; this is no Python source")
    if lone := re.search(rb"\r(?!\n)", data):
        line = data.count(b"\n", 0, lone.start()) + 1
        raise Refused(
            f"{path}, line {line}: a carriage return without a line feed, at offset "
            f"{lone.start()}; Python versions read it differently, so convert the line ends first"
        )


def _encoding(path: str, body: bytes, bom: bytes) -> str:
    """The encoding that the file declares, PEP 263; bytes above 127 do not matter for that."""
    head = bytes(byte if byte < 128 else ord("?") for byte in b"".join(lines_of(body[:4096])[:2]))
    try:
        encoding, _ = tokenize.detect_encoding(iter(lines_of(head)).__next__)
    except SyntaxError as error:
        raise Refused(f"{path}: {error}") from None
    if bom and encoding != "utf-8":
        raise Refused(f"{path}: has the byte order mark of UTF-8 but declares {encoding}")
    return encoding


def _decoded(path: str, body: bytes, encoding: str, skipped: int) -> str:
    try:
        text = body.decode(encoding)
        if text.encode(encoding) == body:
            return text
    except UnicodeDecodeError as error:
        raise Refused(
            f"{path}: is declared {encoding}, but the byte at offset {skipped + error.start} "
            f"is not: {error.reason}"
        ) from None
    except (UnicodeError, LookupError) as error:
        raise Refused(f"{path}: cannot be read as {encoding}: {error}") from None
    raise Refused(f"{path}: does not come back the same from {encoding}; save it as UTF-8 first")
