"""Tracks: a research question with one method contract."""

from __future__ import annotations

from dataclasses import dataclass

from suite.contracts.method import Method


@dataclass(frozen=True)
class Track:
    """What a track declares: its name, its question, the class that its methods derive from, and their leagues.

    Methods of one league are ranked together. A run that names no method takes those of the first league. If none are
    given, the contract's own is the only one.
    """

    name: str
    title: str
    question: str
    contract: type[Method]
    leagues: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.leagues:
            object.__setattr__(self, "leagues", (getattr(self.contract, "league", Method.league),))
