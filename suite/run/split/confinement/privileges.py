"""What root may do and others may not: given up, where a run is root's."""

from __future__ import annotations

import contextlib
import ctypes
import struct

from suite.run.split.confinement.kernel import PR_CAPBSET_DROP, check, libc, prctl

_CAPABILITIES = 64  # more than there are; the kernel says which do not exist
_VERSION_3 = 0x20080522


def drop_privileges() -> None:
    """Give up all capabilities, also those that a started program would get; needs nothing if there are none.

    Raises:
        OSError: the kernel keeps them.
    """
    for capability in range(_CAPABILITIES):
        with contextlib.suppress(OSError):  # not root, or no such capability
            prctl(PR_CAPBSET_DROP, capability)
    header, none = struct.pack("=Ii", _VERSION_3, 0), bytes(24)
    check(libc().capset(ctypes.c_char_p(header), ctypes.c_char_p(none)))
