"""The methods that come with the suite."""

from __future__ import annotations

from typing import Any

import pytest

from suite.registry import load_registry


def built_in(track: str, contract: type | None = None) -> list[type[Any]]:
    """Return the built-in methods of a track, of a contract; other libraries' own code is left out."""
    return [
        entry.value
        for entry in load_registry().methods_of(track)
        if entry.plugin.distribution == "basin-suite"
        and "/" not in entry.value.name
        and issubclass(entry.value, contract or object)
    ]


def every(methods: list[type[Any]]) -> pytest.MarkDecorator:
    """Return the mark by which a class of contract tests checks one method after the other, each fitted once."""
    return pytest.mark.parametrize("method", methods, ids=[method.name for method in methods], scope="class")
