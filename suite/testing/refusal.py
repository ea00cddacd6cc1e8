"""Unusual inputs: a method answers them, or says by a ValueError of its own why it cannot."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import pytest

import suite
from suite.contracts import Method
from suite.errors import SuiteError

T = TypeVar("T")
SHORTEST = 15
"""Characters below which a message says nothing to a newcomer."""


def answered(method: type[Method], what: str, ask: Callable[[], T]) -> T | None:
    """Return the answer to an unusual input, or None where the method refuses it in words of its own.

    A refusal is a ValueError that is raised in the method's code or the suite's, and says why. Whatever comes from
    deep inside a library fails the check.
    """
    try:
        return ask()
    except Exception as error:
        where = _last(error.__traceback__)
        own = where is not None and _is_own(where, method)
        if isinstance(error, ValueError | SuiteError) and own and len(str(error)) >= SHORTEST:
            return None
        place = f"{where.name}" if where else "?"
        pytest.fail(
            f"{what}: {type(error).__name__} from {place}: {str(error)[:200]}. Answer, or raise a ValueError in the "
            "method that says what is lacking"
        )


def _last(traceback: TracebackType | None) -> Path | None:
    """Return the file in which an error was raised."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return Path(traceback.tb_frame.f_code.co_filename) if traceback else None


def _is_own(file: Path, method: type[Method]) -> bool:
    module = sys.modules.get(method.__module__)
    mine = Path(getattr(module, "__file__", None) or "?").resolve()
    folders = [Path(folder).resolve() for folder in suite.__path__]
    return (
        file.resolve() == mine
        or mine.parent in file.resolve().parents
        or any(folder in file.resolve().parents for folder in folders)
    )
