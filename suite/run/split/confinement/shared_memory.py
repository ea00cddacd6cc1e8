"""A /dev/shm of the process's own: what it leaves there is gone with it, so that no later cell finds it."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from suite.run.split.confinement.kernel import check, libc

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_NOSUID, MS_NODEV, MS_REC, MS_SLAVE = 2, 4, 0x4000, 0x80000


def own_shared_memory() -> None:
    """Mount an empty file system at /dev/shm that this process and its children alone see.

    Who is not root needs a user namespace for it, in which all files belong to whom they did.

    Raises:
        OSError: the kernel or its configuration does not allow it.
    """
    user, group = os.getuid(), os.getgid()
    try:
        check(libc().unshare(CLONE_NEWNS))
    except PermissionError:
        check(libc().unshare(CLONE_NEWUSER | CLONE_NEWNS))
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _mount(b"none", b"/", None, MS_REC | MS_SLAVE)  # what is mounted here stays here
    _mount(b"tmpfs", b"/dev/shm", b"tmpfs", MS_NOSUID | MS_NODEV)


def _mount(source: bytes, target: bytes, kind: bytes | None, flags: int) -> None:
    check(libc().mount(source, target, kind, ctypes.c_ulong(flags), None))
