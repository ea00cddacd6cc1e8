"""Importing other people's code into a process that is not theirs: what it changes there is undone, and told.

A process that runs a method loads no other plugin. This one, which plans, records and shows, has to import them all.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

LONG = 10.0
"""Seconds after which somebody is told what is being waited for."""


class Parts:
    """What the suite's own modules, their classes and their tables hold, as it was before other people's code came.

    Many plugins are loaded one after the other: what was looked at once is not copied again for the next of them.
    """

    def __init__(self) -> None:
        self._modules: set[str] = set()
        self._parts: list[tuple[str, Any, dict[Any, Any]]] = []

    def add_new(self) -> None:
        """Look at the modules that were imported since the last look."""
        for name, module in list(sys.modules.items()):
            if name in self._modules or (name != "suite" and not name.startswith("suite.")):
                continue
            self._modules.add(name)
            held = vars(module).copy()
            self._parts.append((name, module, held))
            for key, value in held.items():
                if isinstance(value, type):
                    if value.__module__ == name:
                        self._parts.append((f"{name}.{key}", value, vars(value).copy()))  # dict() asks for each name
                elif isinstance(value, dict) and not key.startswith("_"):
                    self._parts.append((f"{name}.{key}", value, dict(value)))

    def restored(self) -> list[str]:
        """Put back what is another function, class or entry of a table now; return the names."""
        changed = []
        for name, owner, held in self._parts:
            now = owner if isinstance(owner, dict) else vars(owner)
            if _equal(now, held):  # tens of thousands of names, and nearly always so
                continue
            for key, value in held.items():
                if now.get(key) is value or not (isinstance(owner, dict) or _is_code(key, value)):
                    continue
                put: Callable[[Any, Any, Any], None] = dict.__setitem__ if isinstance(owner, dict) else setattr
                put(owner, key, value)
                changed.append(f"{name}.{key}")
        return changed


@contextlib.contextmanager
def intact(what: str, parts: Parts | None = None) -> Iterator[list[str]]:
    """Undo what the block does to this process; the list says afterwards what that was.

    Undone are changes to the suite's own functions, classes and tables, to torch's default type, to environment
    variables and to the working directory. What it prints goes to the error output, and ``os._exit`` raises
    `SystemExit`. Patches of other libraries stay.
    """
    changed: list[str] = []
    parts = parts or Parts()
    parts.add_new()
    variables, folder = dict(os.environ), os.getcwd()  # noqa: PTH109 - as chdir takes it
    timer = threading.Timer(LONG, _tell, [what])
    timer.daemon = True
    timer.start()
    try:
        with contextlib.redirect_stdout(sys.stderr), _no_exit():
            yield changed
    finally:
        timer.cancel()
        changed += parts.restored()
        changed += [f"the environment variable {name}" for name in _restore_variables(variables)]
        changed += _restore_torch()
        if os.getcwd() != folder:  # noqa: PTH109
            os.chdir(folder)
            changed.append("the working directory")


def _tell(what: str) -> None:
    sys.stderr.write(f"still importing {what}\n")


@contextlib.contextmanager
def _no_exit() -> Iterator[None]:
    leave, here = os._exit, os.getpid()

    def raised(status: int) -> NoReturn:
        if os.getpid() != here:
            leave(status)
        raise SystemExit(f"os._exit({status})")

    os._exit = raised
    try:
        yield
    finally:
        os._exit = leave


def _equal(one: Any, other: dict[Any, Any]) -> bool:
    try:
        return bool(one == other)
    except Exception:  # arrays have no truth
        return False


def _is_code(name: str, value: Any) -> bool:
    """Tell whether an attribute is a function or class, and no bookkeeping of the interpreter or of a library."""
    return not name.startswith("__") and (callable(value) or isinstance(value, classmethod | staticmethod | property))


def _restore_variables(before: dict[str, str]) -> list[str]:
    changed = sorted(name for name in {*before, *os.environ} if os.environ.get(name) != before.get(name))
    for name in changed:
        if name in before:
            os.environ[name] = before[name]
        else:
            del os.environ[name]
    return changed


def _restore_torch() -> list[str]:
    torch = sys.modules.get("torch")
    if torch is None or torch.get_default_dtype() == torch.float32:
        return []
    torch.set_default_dtype(torch.float32)
    return ["torch's default type"]
