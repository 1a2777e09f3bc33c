"""What a patch set declares: where in an upstream's source our lines go, and when to refuse.

A patch set holds names, structure and our own lines. It holds no line of the upstream.
"""

import re
from dataclasses import dataclass
from typing import Literal

from eloss_plugins.errors import UsageError

Place = Literal["before", "after"]
Which = Literal["only", "first", "last"]

_COMMIT = re.compile(r"[0-9a-f]{40}")
_LINE = re.compile(r"(?: {4})*(?!.*# eloss)[!-~](?:[ -~]*[!-[\]-~])?")  # no backslash at the end


@dataclass(frozen=True)
class Anchor:
    """One statement of the upstream, told by its structure.

    Attributes:
        kind: registered matcher: `assign`, `call`, `import`, `function`, ...
        scope: qualified name of the class and function around it, `"Model.compute_loss"`;
            nested functions are joined by dots as well; `""` is the module itself.
        assigns: source text of the target, `"error"`.
        calls: last parts of the called name, `"compute_error"` or `"parser.parse_args"`.
        arguments: source text of the first arguments, blanks do not count.
        below: look only below this statement, in the same block; for one of several successive
            assignments in a branch.
        which: `only` asks for a unique match; `first` and `last` take that one of several, and a
            neighbour where the meant one is gone: for statements of which each would do.
    """

    kind: str
    scope: str = ""
    assigns: str | None = None
    calls: str | None = None
    arguments: tuple[str, ...] = ()
    below: "Anchor | None" = None
    which: Which = "only"


@dataclass(frozen=True)
class Edit:
    """Our lines at one anchor.

    Attributes:
        file: path below the checkout, with slashes.
        anchor: the statement.
        place: before or after it.
        lines: ASCII, without markers and line ends; blocks are indented by four spaces. The names
            that they read must be bound there, which planning checks.
        optional: the file may be missing.
    """

    file: str
    anchor: Anchor
    place: Place
    lines: tuple[str, ...]
    optional: bool = False

    def __post_init__(self) -> None:
        if not self.lines or not all(_LINE.fullmatch(line) for line in self.lines):
            raise UsageError(
                f"expected lines of ASCII for {self.file}, indented by multiples of four spaces, "
                f"without blanks at their end or a marker; got {self.lines!r}"
            )
        if self.lines[0].startswith(" "):
            raise UsageError(f"expected the first line for {self.file} without indentation")


@dataclass(frozen=True)
class Guard:
    """A sign on which a checkout is refused.

    Attributes:
        reason: one clause for the user.
        file: glob below the checkout.
        symbol: qualified name of a class or function in such a file; `""` for any.
        text: word that such a file contains; `""` for any.
    """

    reason: str
    file: str
    symbol: str = ""
    text: str = ""


@dataclass(frozen=True)
class Sign:
    """Something by which a checkout is recognised: a file, or a symbol in a file."""

    file: str
    symbol: str = ""


@dataclass(frozen=True)
class PatchSet:
    """Everything that is known about patching one upstream repository.

    Attributes:
        name: as the user writes it.
        title: for people.
        homepage: public address that `vendor` clones.
        licence: of the upstream.
        commit: full hash that `vendor` checks out.
        tested: commits, full or short, whose anchors were tried.
        version: rises with each change of the edits.
        signs: all of them must be there.
        guards: none of them may be there.
        edits: the insertions.
        next_command: what to run in the patched checkout.
    """

    name: str
    title: str
    homepage: str
    licence: str
    commit: str
    tested: tuple[str, ...]
    version: int
    signs: tuple[Sign, ...]
    guards: tuple[Guard, ...]
    edits: tuple[Edit, ...]
    next_command: str

    def __post_init__(self) -> None:
        if not _COMMIT.fullmatch(self.commit):
            raise UsageError(f"expected a full commit hash for {self.name}; got {self.commit!r}")
        if not self.edits or not self.signs:
            raise UsageError(f"expected edits and signs for {self.name}; got none")

    @property
    def files(self) -> dict[str, tuple[Edit, ...]]:
        """The edits of each file, both in the order of declaration."""
        paths = dict.fromkeys(edit.file for edit in self.edits)
        return {path: tuple(it for it in self.edits if it.file == path) for path in paths}
