"""Which rows of a table are comparable with each other: those that share the facts that their task names."""

from __future__ import annotations

from dataclasses import dataclass

from suite.board.model import Row, Table


@dataclass(frozen=True)
class Group:
    """Rows that share ``facts``: those named by the task in which the table's rows differ; None where not stated."""

    facts: dict[str, str | None]
    rows: tuple[Row, ...]

    @property
    def known(self) -> bool:
        """Whether the rows are known to be comparable: all facts are stated."""
        return None not in self.facts.values()

    @property
    def title(self) -> str:
        """The facts in words, as ``weight scales per-channel, trained on labels``."""
        return ", ".join(f"{name} {'not stated' if said is None else said}" for name, said in self.facts.items())


def groups(table: Table) -> list[Group]:
    """Return the groups of a table's rows, in the order of their first rows; none where there is nothing to tell apart.

    Rows without a finished run state nothing and are in no group.
    """
    names = [name for name in table.comparable_by if name not in table.facts]
    rows_by_facts: dict[tuple[str | None, ...], list[Row]] = {}
    for row in table.rows:
        if row.seeds:
            rows_by_facts.setdefault(tuple(row.facts.get(name) for name in names), []).append(row)
    several = [Group(dict(zip(names, facts, strict=True)), tuple(rows)) for facts, rows in rows_by_facts.items()]
    return several if len(several) > 1 else []
