"""Fetching a published file: whole and with the right checksum, or not at all."""

import hashlib
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from eloss_plugins import __version__
from eloss_plugins.data.places import OFFLINE_VARIABLE, is_offline
from eloss_plugins.errors import EnvironmentProblem
from eloss_plugins.progress import Progress, progress

ATTEMPTS = 3  # at each address
PAUSE_SECONDS = 2.0  # before the second attempt, doubled before each further one
TIMEOUT_SECONDS = 30.0  # without a byte
CHUNK_BYTES = 1 << 20
_HOPELESS = frozenset(range(400, 500)) - {408, 425, 429}
"""Answers that mean a wrong or closed address, where asking again does not help; the three that
are left out mean that the server is busy."""


@dataclass(frozen=True)
class RemoteFile:
    """A published file.

    Attributes:
        name: under which it is kept.
        urls: addresses that serve the same bytes, the best first.
        size: bytes.
        sha256: hexadecimal.
    """

    name: str
    urls: tuple[str, ...]
    size: int
    sha256: str


class _Mismatch(Exception):
    """Bytes arrived that are not those of the file."""


def fetch(file: RemoteFile, folder: Path, *, sleep: Callable[[float], None] = time.sleep) -> Path:
    """The file in `folder`, downloaded if it is not there.

    A file that is there is checked and never replaced. A download is written beside its place and
    moved there when it is whole; an interrupted one leaves nothing.

    Raises:
        EnvironmentProblem: no network, no room, or the wrong bytes; the message says where to put
            the file by hand.
    """
    path = folder / file.name
    if path.exists():
        _check_present(file, path)
        return path
    if is_offline():
        raise _by_hand(file, folder, f"{OFFLINE_VARIABLE} is set")
    causes = []
    for url in file.urls:
        cause = _try_address(file, url, path, sleep)
        if cause is None:
            return path
        causes.append(f"{url}: {cause}")
    raise _by_hand(file, folder, "; ".join(causes))


def check_bytes(file: RemoteFile, path: Path) -> str | None:
    """What is wrong with the bytes at `path`, or None when they are those of `file`."""
    size = path.stat().st_size
    if size != file.size:
        return f"expected {file.size} bytes; got {size}"
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return None if digest == file.sha256 else f"expected sha256 {file.sha256}; got {digest}"


def _check_present(file: RemoteFile, path: Path) -> None:
    wrong = check_bytes(file, path)
    if wrong:
        raise EnvironmentProblem(
            f"{path}: {wrong}. The file is cut or another one: move it away and try again."
        )


def _try_address(
    file: RemoteFile, url: str, path: Path, sleep: Callable[[float], None]
) -> str | None:
    """Why the file could not be had from `url`, or None when it is at `path`."""
    cause = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            sleep(PAUSE_SECONDS * 2 ** (attempt - 1))
        try:
            _download(file, url, path)
            return None
        except urllib.error.HTTPError as answer:
            cause = f"HTTP {answer.code}"
            if answer.code in _HOPELESS:
                return cause
        except urllib.error.URLError as failure:
            cause = f"{failure.reason}"
        except (_Mismatch, HTTPException, TimeoutError, ConnectionError) as failure:
            cause = str(failure)
        except OSError as failure:
            raise EnvironmentProblem(
                f"{path}: cannot be written ({failure.strerror})."
            ) from failure
    return f"{cause} ({ATTEMPTS} attempts)"


def _download(file: RemoteFile, url: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with progress(f"downloading {file.name}", file.size) as bar:
            _copy(url, partial, file.size, bar)
        wrong = check_bytes(file, partial)
        if wrong:
            raise _Mismatch(wrong)
        os.replace(partial, path)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()


def _copy(url: str, partial: Path, size: int, bar: Progress) -> None:
    """The body at `url` as the file `partial`, given up when it grows larger than it may be."""
    agent = {"User-Agent": f"eloss-plugins/{__version__}"}
    request = urllib.request.Request(url, headers=agent)
    with (
        urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as body,
        partial.open("wb") as out,
    ):
        while chunk := body.read(CHUNK_BYTES):
            out.write(chunk)
            bar.advance(len(chunk))
            if out.tell() > size:
                raise _Mismatch(f"expected {size} bytes; got more")


def _by_hand(file: RemoteFile, folder: Path, cause: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"{file.name} could not be downloaded ({cause}). Get it ({file.size} bytes, sha256 "
        f"{file.sha256}) on another machine from {' or '.join(file.urls)} "
        f"and put it at {folder / file.name}"
    )
