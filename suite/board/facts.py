"""Whose a fact is: the table's if all rows agree on it, else each row's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Stated = Mapping[int, Mapping[str, str]]
"""What the runs of one row state, by seed."""


def split_facts(rows: Sequence[Stated]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return the facts of the table, and for each row those of its facts that are not the table's.

    A fact is the table's if at every seed all rows that have the seed state it alike. Either kind is given once if the
    seeds agree, else by seed. A row without runs states nothing and contradicts nobody.
    """
    union: dict[int, dict[str, str]] = {}
    for row in rows:
        for seed, facts in row.items():
            union.setdefault(seed, {}).update(facts)
    disputed = {
        name
        for row in rows
        for seed, facts in row.items()
        for name, statement in union[seed].items()
        if facts.get(name) != statement
    }
    shared = {name: statement for name, statement in _joined(union).items() if name not in disputed}
    own = [{name: said for name, said in _joined(row).items() if name in disputed} for row in rows]
    return shared, own


def _joined(stated: Stated) -> dict[str, str]:
    """Return each fact once if all seeds agree on it, else by seed."""
    by_name: dict[str, dict[int, str]] = {}
    for seed, facts in sorted(stated.items()):
        for name, statement in facts.items():
            by_name.setdefault(name, {})[seed] = statement
    return {
        name: "; ".join(f"seed {seed}: {statement}" for seed, statement in of_seeds.items())
        if len(set(of_seeds.values())) > 1
        else next(iter(of_seeds.values()))
        for name, of_seeds in by_name.items()
    }
