"""Errors of the other side: what they were, in words, and what the suite tells them apart by."""

from __future__ import annotations

import re
import traceback
from collections.abc import Sequence
from typing import Any, TypeAlias

from suite.contracts import Missing
from suite.errors import SuiteError

TEXT, TRACEBACK = 2000, 50_000
KINDS = (ValueError, TypeError, MemoryError, OSError, RuntimeError, ArithmeticError, LookupError, Missing)
"""Classes that somebody catches, or that are no score of a method's; the first that fits."""
NAME = re.compile(r"[A-Za-z_]\w{0,80}\Z")

Errors: TypeAlias = Sequence[type[Exception]]


class InTheMethodsProcess(Exception):
    """The traceback of the other side: the cause of an error, printed with it and no part of its text."""


def told(error: BaseException, more: Errors = (), *, openly: bool = True) -> dict[str, Any]:
    """Return an error as plain data; without its traceback, unless ``openly``."""
    try:
        text = str(error)
    except Exception as second:
        text = f"(its text could not be made: {type(second).__name__})"
    parts = [error.cause, error.place, error.next] if isinstance(error, SuiteError) else []
    return {
        "name": type(error).__name__,
        "kinds": [kind.__name__ for kind in (*more, *KINDS) if isinstance(error, kind)],
        "text": text[:TEXT],
        "parts": [str(part)[:TEXT] for part in parts],
        "traceback": "".join(traceback.format_exception(error))[-TRACEBACK:] if openly else "",
    }


def heard(document: Any, more: Errors = ()) -> Exception:
    """Return an error that says what the other side's said, of a class of its name."""
    of = document if isinstance(document, dict) else {}
    name, text, parts, kinds = (of.get(key) for key in ("name", "text", "parts", "kinds"))
    error: Exception
    if isinstance(parts, list) and len(parts) == 3 and all(isinstance(part, str) for part in parts):
        cause, place, following = (part[:TEXT] for part in parts)
        error = SuiteError(cause, place=place, next=following)
    else:
        said = kinds if isinstance(kinds, list) else []
        base = next((kind for kind in (*more, *KINDS) if kind.__name__ in said), Exception)
        named = name if isinstance(name, str) and NAME.match(name) else "Exception"
        error = (base if base.__name__ == named else type(named, (base,), {}))(str(text)[:TEXT])
    if of.get("traceback"):
        error.__cause__ = InTheMethodsProcess(f"\n{str(of['traceback'])[-TRACEBACK:]}")
    return error
