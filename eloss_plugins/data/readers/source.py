"""Opening a file that somebody says holds molecules, and saying what it is when it does not."""

import gzip
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from eloss_plugins.errors import EnvironmentProblem, UsageError

MAX_UNPACKED_BYTES = 8 << 30  # an archive that unpacks to more is taken for a bomb
HEAD_BYTES = 256
_CHUNK_BYTES = 1 << 24
_GZIP_MAGIC = b"\x1f\x8b"
_LFS_POINTER = b"version https://git-lfs.github.com/spec"


@dataclass(frozen=True)
class TextFile:
    """A text file in lines, whatever its line ends were, unpacked if it was gzipped."""

    path: Path
    lines: list[str]

    def at(self, line: int) -> str:
        """Where line `line` (from 0) stands, for messages."""
        return f"{self.path}:{line + 1}"


def expand(path: str | Path) -> Path:
    """`path` with `~` and `$VAR` replaced."""
    return Path(os.path.expanduser(os.path.expandvars(path)))


def read_text(path: Path) -> TextFile:
    """The lines of a text file.

    Raises:
        UsageError: missing, no file, empty, no text, or something else saved under its name.
        EnvironmentProblem: it may not be read.
    """
    check_is_data(path)
    return as_text(path, _read_bytes(path))


def as_text(path: Path, content: bytes) -> TextFile:
    """`content` in lines; `path` is where it came from.

    Raises:
        UsageError: it is empty or no text.
    """
    if b"\0" in content:
        raise UsageError(
            f"{path}: expected text; got binary data. Check the file's format and ending."
        )
    text = content.decode("utf-8-sig", errors="replace")
    if not text.strip():
        raise UsageError(f"{path}: expected molecules; got an empty file.")
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    return TextFile(path, text.split("\n"))


def check_is_data(path: Path) -> None:
    """Whether `path` is a readable file whose first bytes are not those of something else.

    Raises:
        UsageError: it is not.
        EnvironmentProblem: it may not be read.
    """
    if not path.exists():
        raise UsageError(f"{path}: no such file. Check the path.")
    if not path.is_file():
        raise UsageError(f"{path}: expected a regular file; got a folder or a device.")
    with _opened(path) as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise UsageError(f"{path}: expected molecules; got an empty file.")
    if head.startswith(_LFS_POINTER):
        raise UsageError(
            f"{path}: expected molecules; got a Git LFS pointer. "
            "Run `git lfs pull` in its checkout."
        )
    if head.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise UsageError(
            f"{path}: expected molecules; got a web page, as a failed download leaves. "
            "Download the file again."
        )


def _read_bytes(path: Path) -> bytes:
    with _opened(path) as stream:
        packed = stream.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        stream.seek(0)
        return _unpack(path, stream) if packed else stream.read()


def _unpack(path: Path, stream: IO[bytes]) -> bytes:
    chunks: list[bytes] = []
    try:
        with gzip.GzipFile(fileobj=stream) as unpacked:
            while chunk := unpacked.read(_CHUNK_BYTES):
                chunks.append(chunk)
                if len(chunks) * _CHUNK_BYTES > MAX_UNPACKED_BYTES:
                    raise UsageError(f"{path}: unpacks to over {MAX_UNPACKED_BYTES >> 30} GiB.")
    except (EOFError, gzip.BadGzipFile, zlib.error) as cause:
        raise UsageError(
            f"{path}: expected a whole gzip file; got a cut or damaged one ({cause}). "
            "Copy or download it again."
        ) from cause
    return b"".join(chunks)


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as cause:
        raise EnvironmentProblem(f"{path}: cannot be read ({cause.strerror}).") from cause
