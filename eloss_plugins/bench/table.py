"""What a benchmark gives: named tables of words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Rows under a title.

    Attributes:
        title: what was measured on what.
        header: names of the columns.
        rows: as many words as columns each.
        notes: what the columns mean, a sentence each.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """For programs."""
        entries = [dict(zip(self.header, row, strict=True)) for row in self.rows]
        return {"title": self.title, "rows": entries, "notes": list(self.notes)}

    def to_markdown(self) -> str:
        """For a page of documentation."""
        lines = [self.header, tuple("---" for _ in self.header), *self.rows]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return "\n\n".join([f"### {self.title}", table, *self.notes])
