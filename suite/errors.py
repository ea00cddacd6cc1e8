"""The one error that a user is meant to read."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from difflib import get_close_matches


class SuiteError(Exception):
    """A problem that the user can mend: what went wrong, where, and the next command to type.

    The command line prints it without a traceback and exits with 2.
    """

    def __init__(self, cause: str, *, place: str, next: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.place = place
        self.next = next

    def __str__(self) -> str:
        return f"{self.cause}\n  at:   {self.place}\n  next: {self.next}"

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions cross process borders, and keyword arguments do not survive the default way.
        return _rebuild, (type(self), self.cause, self.place, self.next)


class Damaged(SuiteError):
    """Data or weights that a task is given cannot be used. No method's doing: a cell that meets it stays to be done."""


def _rebuild(cls: type[SuiteError], cause: str, place: str, next: str) -> SuiteError:
    return cls(cause, place=place, next=next)


def as_suite_error(error: OSError) -> SuiteError | None:
    """Return what a user can do about a disk that is full or cannot be written; None for other errors."""
    if error.errno not in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EPERM):
        return None
    what = "the disk is full" if error.errno == errno.ENOSPC else f"cannot write: {error.strerror}"
    place = str(error.filename or "a file of SUITE_HOME")
    return SuiteError(
        what, place=place, next="free space or change its rights, or use another folder: export SUITE_HOME=<folder>"
    )


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says, at most 200 characters; its type where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def is_machine_failure(error: BaseException) -> bool:
    """Tell whether an error is the machine's: its memory, disk or accelerator, or a damaged file. It is no score.

    Whoever catches what a method raises, to count it as a result, lets these through. So is an error that was raised
    because of such a one.
    """
    if error.__cause__ is not None and is_machine_failure(error.__cause__):
        return True
    words = ("CUDA error", "CUBLAS_STATUS", "can't start new thread")
    names = ("AcceleratorError", "BrokenProcessPool")
    return (
        isinstance(error, OSError | Damaged)
        or is_out_of_memory(error)
        or type(error).__name__ in names
        or (isinstance(error, RuntimeError) and any(text in str(error) for text in words))
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that memory ran out: Python's, torch's on an accelerator, or torch's on the CPU."""
    # Torch's classes are no MemoryError, and importing torch to name them would cost every command a second.
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or (isinstance(error, RuntimeError) and "can't allocate memory" in str(error))
    )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'x' or 'y'?"`` for the closest known words, or an empty string."""
    names = {name.lower(): name for name in sorted(set(known), reverse=True)}
    close = [names[name] for name in get_close_matches(word.lower(), sorted(names), n=3, cutoff=0.5)]
    return f" Did you mean {' or '.join(repr(c) for c in close)}?" if close else ""
