"""The page of the store's tables."""

from __future__ import annotations

import inspect
import re

from sqlalchemy import Column, Table

from suite.reference.markdown import code, line, listed, prose, table
from suite.store import schema

COMMENT = re.compile(r'^    Column\("(\w+)".*?\),(?:  # (.*))?$')


def comments() -> dict[tuple[str, str], str]:
    """Return what the schema says of a column in the comment on its line, by (table, column); of a table under ""."""
    said, name = {}, ""
    for text in inspect.getsource(schema).splitlines():
        if opened := re.match(r"(\w+) = Table\(", text):
            name = opened[1]
        elif name and (about := re.match(rf'    "{name}",(?:  # (.*))?$', text)):
            said[name, ""] = about[1] or ""
        elif column := COMMENT.match(text):
            said[name, column[1]] = column[2] or ""
    return said


def page() -> str:
    """Return the page: each table with its columns, and the words that a state may be."""
    said = comments()
    parts = [
        "# Tables of the store",
        prose(schema.__doc__),
        f"This is revision {code(schema.REVISION)}. [The store](../store.md) says how to use PostgreSQL.",
    ]
    for each in schema.metadata.tables.values():
        rows = [
            (code(column.name), str(column.type), _key(column), line(said[each.name, column.name])) for column in each.c
        ]
        parts += [
            f"## {each.name}",
            f"A row is {line(said[each.name, ''])}.",
            table(("column", "type", "key", "what"), rows),
            _unique(each),
        ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _key(column: Column[object]) -> str:
    words = ["primary"] if column.primary_key else []
    words += [f"to {code(key.target_fullname)}" for key in column.foreign_keys]
    return ", ".join([*words, *(["may be null"] if column.nullable else [])])


def _unique(of: Table) -> str:
    states = [text for text in (_check(of),) if text]
    indexes = [
        f"At most one row of each {listed(i.columns.keys())}: index {code(i.name)}." for i in of.indexes if i.unique
    ]
    return " ".join([*states, *indexes])


def _check(of: Table) -> str:
    from sqlalchemy import CheckConstraint

    checks = [each for each in of.constraints if isinstance(each, CheckConstraint)]
    return " ".join(f"The database holds {code(each.sqltext)}." for each in checks)
