"""Landlock: a process gives up rights over files, the network and other processes, for good.

The kernel's documentation is userspace-api/landlock; the numbers are those of include/uapi/linux/landlock.h. No library
does it: of those for Python, none has had a release that its author calls stable for longer than a year.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from enum import IntFlag

from suite.run.split.confinement.kernel import LINUX, call

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG, PATH_RULE = 1, 1


class Access(IntFlag):
    """Rights over files and folders. A rule gives them for a path and all that lies below it."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    CHANGE_DIR = 0x3FF << 4  # make and remove files and folders of all kinds, REFER and TRUNCATE apart
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


LIST = Access.READ_DIR
READ = Access.READ_FILE | Access.READ_DIR | Access.EXECUTE
DEVICE = Access.READ_FILE | Access.READ_DIR | Access.WRITE_FILE | Access.TRUNCATE | Access.IOCTL_DEV
WRITE = READ | DEVICE | Access.CHANGE_DIR | Access.REFER
_OF_FILES = Access.EXECUTE | Access.WRITE_FILE | Access.READ_FILE | Access.TRUNCATE | Access.IOCTL_DEV
_TCP_BIND_AND_CONNECT, _SCOPES = 0b11, 0b11  # scopes: abstract sockets and signals


def version() -> int:
    """Return the version of Landlock's interface that this kernel has, from 1 up, or 0 for none."""
    if not LINUX:
        return 0
    try:
        return call(CREATE_RULESET, 0, 0, VERSION_FLAG)
    except OSError:
        return 0  # not compiled in, or not started


def handled(abi: int) -> Access:
    """Return the rights over files that this version of the interface knows."""
    known = Access(0x1FFF)
    for since, right in ((2, Access.REFER), (3, Access.TRUNCATE), (5, Access.IOCTL_DEV)):
        if abi >= since:
            known |= right
    return known


def restrict(rules: Iterable[tuple[str, Access]], abi: int) -> None:
    """Take from this thread, and from whatever it starts, all rights but those of the rules. Needs no privilege.

    Paths that do not exist, or that it may not reach itself, are left out. From version 4 on TCP goes too, from version
    6 on signals to processes outside and their abstract sockets. In every version a process outside can no longer be
    traced, nor its memory be read.

    Raises:
        OSError: the kernel does not do it.
    """
    rights = handled(abi)
    attributes = struct.pack("=QQQ", rights, _TCP_BIND_AND_CONNECT if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = call(CREATE_RULESET, _address(attributes), size, 0)
    try:
        for path, access in rules:
            with contextlib.suppress(FileNotFoundError, PermissionError):
                _add(ruleset, path, access & rights)
        call(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _add(ruleset: int, path: str, access: Access) -> None:
    file = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(file).st_mode):
            access &= _OF_FILES  # the kernel refuses rights of folders for what is none
        if access:
            call(ADD_RULE, ruleset, PATH_RULE, _address(struct.pack("=Qi", access, file)), 0)
    finally:
        os.close(file)


def _address(data: bytes) -> ctypes.c_void_p:
    return ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p)  # the caller's `data` lives as long as the call
