"""Where an upstream's files come from: an address, a local repository, or a folder of files."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eloss_plugins.errors import UsageError
from eloss_plugins.vendor.git import PROTOCOLS, SECRET

Kind = Literal["address", "repository", "folder"]

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.+)")
_SCP = re.compile(r"[\w][\w.-]*@[\w][\w.-]*:[^:].*")
_HELPER = re.compile(r"[\w+.-]+::")


@dataclass(frozen=True)
class Origin:
    """A place to take files from.

    Attributes:
        kind: what is there.
        text: as git takes it: an address, or an absolute path.
    """

    kind: Kind
    text: str

    @property
    def shown(self) -> str:
        """For messages: without a name and password."""
        return SECRET.sub("", self.text)

    @property
    def path(self) -> Path:
        """Of what is local."""
        return Path(self.text)


def origin_of(text: str) -> Origin:
    """What `text` names.

    Raises:
        UsageError: an address that is not fetched from, or a path where there is no folder.
    """
    address = _ADDRESS.fullmatch(text)
    if address and address[1].lower() == "file":
        return _local(address[2])
    if address or _SCP.fullmatch(text):
        _check_address(text, address[1].lower() if address else "ssh")
        return Origin("address", text)
    if not text or text.startswith("-") or _HELPER.match(text):
        raise UsageError(f"expected an address or a folder; got {text[:60]!r}")
    return _local(text)


def _check_address(text: str, protocol: str) -> None:
    if protocol not in PROTOCOLS:
        raise UsageError(f"expected an address that starts with https:// or ssh://; got {text!r}")
    if not text.isprintable() or " " in text or "://-" in text:
        raise UsageError(f"expected the address of a repository; got {text[:60]!r}")


def _local(text: str) -> Origin:
    path = Path(text).expanduser()
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as problem:
        raise UsageError(f"there is no folder {text[:200]!r}, and it is no address") from problem
    if not real.is_dir():
        raise UsageError(f"{path} is a file; name the folder of a clone or of the files")
    return Origin("repository" if is_repository(real) else "folder", str(real))


def is_repository(folder: Path) -> bool:
    """Whether git keeps its data in `folder`, as in a clone or a bare repository."""
    bare = all((folder / name).exists() for name in ("HEAD", "objects", "refs"))
    return bare or (folder / ".git").exists()
