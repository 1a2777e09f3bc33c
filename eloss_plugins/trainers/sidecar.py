"""A checksum beside each checkpoint: torch.load reads flipped bits without a word."""

import hashlib
from pathlib import Path

from eloss_plugins.atomic_write import atomic_write_text

SUFFIX = ".sha256"


def sidecar_of(path: Path) -> Path:
    """Where the checksum of `path` stands."""
    return path.with_name(path.name + SUFFIX)


def write_sidecar(path: Path, digest: str) -> None:
    """Record `digest`, in the format of the sha256sum command."""
    atomic_write_text(sidecar_of(path), f"{digest}  {path.name}\n")


def recorded_digest(path: Path) -> str | None:
    """The recorded checksum of `path`, or None where there is none that can be read."""
    try:
        words = sidecar_of(path).read_text(errors="replace").split()
    except OSError:
        return None
    return words[0] if words else ""


def digest_of(data: bytes | memoryview) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
