"""Tracks: a research question with one method contract."""

from __future__ import annotations

from dataclasses import dataclass

from suite.contracts.method import Method


@dataclass(frozen=True)
class Track:
    """What a track declares: its name, its question, and the class that its methods derive from."""

    name: str
    title: str
    question: str
    contract: type[Method]
