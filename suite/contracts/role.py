"""Roles: the kinds of methods that a track has, each with its contract tests and a template to start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from suite.contracts.method import Method


@dataclass(frozen=True)
class Role:
    """A kind of method, which ``suite new method`` writes a first one of, and ``suite check`` checks.

    Attributes:
        name: as ``--role`` takes it.
        about: one sentence on what such a method does.
        checks: the contracts that it derives from, each with its class of contract tests as ``"package.module:Class"``.
        template: a folder with ``method.py.jinja`` and ``test_method.py.jinja``; None if nobody wrote any.
    """

    name: str
    about: str
    checks: Mapping[type[Method], str] = field(hash=False)
    template: Path | None = None
