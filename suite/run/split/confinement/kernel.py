"""Calls of the Linux kernel that Python has no function for."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache

LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 36, 38


@cache
def libc() -> ctypes.CDLL:
    """Return the C library that this process runs on."""
    return ctypes.CDLL(None, use_errno=True)


def check(result: int) -> int:
    """Return what a call of the C library returned, or raise the `OSError` that it stands for."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def prctl(option: int, value: int, pointer: int = 0) -> None:
    """Change a property of this process, or raise `OSError`."""
    check(libc().prctl(option, *(ctypes.c_ulong(argument) for argument in (value, pointer, 0, 0))))


def call(number: int, *arguments: int | ctypes.c_void_p) -> int:
    """Make a system call by its number, which must be the same on all architectures, or raise `OSError`."""
    plain = (ctypes.c_long(value) if isinstance(value, int) else value for value in arguments)
    return check(libc().syscall(ctypes.c_long(number), *plain))
