"""What is kept of molecules, separately for each stiffness law."""

from collections.abc import Callable, Hashable
from typing import Any, Generic

from eloss_plugins.graphs.edge_sets.known import P
from eloss_plugins.graphs.edge_sets.seen import Seen, Source


class SeenByLaw(Generic[P]):
    """A `Seen` for each stiffness law: what is kept of a graph may depend on it.

    Args:
        make: the empty one of a law.
    """

    def __init__(self, make: Callable[[Any], Seen[P]]) -> None:
        self._make = make
        self._of: dict[object, tuple[object, Seen[P]]] = {}
        self._source: Source | None = None

    def of(self, law: object) -> Seen[P]:
        """That of the law."""
        # The law is kept beside it, so that no other can get its id.
        key = law if isinstance(law, Hashable) else id(law)
        if key not in self._of:
            made = self._make(law)
            if self._source is not None:
                made.prepare(self._source)
            self._of[key] = law, made
        return self._of[key][1]

    def prepare(self, source: Source) -> None:
        """Take graphs that were made beforehand, whatever the law."""
        self._source = source
        for _, seen in self._of.values():
            seen.prepare(source)

    def __getstate__(self) -> dict[str, object]:
        """Without the source, which may be a file that another process has not opened."""
        return vars(self) | {"_source": None}

    def __deepcopy__(self, memo: object) -> "SeenByLaw[P]":
        """Itself, as each `Seen` is."""
        return self
