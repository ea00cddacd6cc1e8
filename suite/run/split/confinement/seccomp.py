"""A seccomp filter: system calls that a method has no use for fail with EPERM.

It covers what Landlock does not: sockets of all families, Unix sockets by path above all (that of a container engine
gives the whole machine), objects of the kernel that outlive the process, and limits of other processes. Source: the
kernel's userspace-api/seccomp_filter. No kept library does it from Python without a compiled one beside it.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

from suite.run.split.confinement.kernel import LINUX, prctl

PR_SET_SECCOMP, MODE_FILTER = 22, 2
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data, on little-endian machines

# By machine: the audit number, and the numbers of the calls in the order of NAMES.
NAMES = (
    *("socket", "io_uring_setup"),  # io_uring opens sockets without calling socket
    *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "perf_event_open"),
    *("shmget", "msgget", "semget", "mq_open", "add_key", "request_key", "keyctl"),
)
NUMBERS = {
    "x86_64": (0xC000003E, (41, 425, 101, 310, 311, 438, 298, 29, 68, 64, 240, 248, 249, 250)),
    "aarch64": (0xC00000B7, (198, 425, 117, 270, 271, 438, 241, 194, 186, 190, 180, 217, 218, 219)),
}
PRLIMIT = {"x86_64": 302, "aarch64": 261}  # refused for other processes, whose limits it could set to nothing
_X32 = 0x40000000  # calls of x86-64's second interface have numbers from here on


def available() -> bool:
    """Tell whether the numbers of this machine's system calls are known here."""
    return LINUX and platform.machine() in NUMBERS


def restrict() -> None:
    """Refuse the calls to this thread and all that it starts; no_new_privs must be set.

    Raises:
        OSError: the kernel has no filters, or a filter above this one forbids it.
    """
    instructions = program(platform.machine())
    code = ctypes.create_string_buffer(b"".join(instructions))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(instructions), ctypes.addressof(code)))
    prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.addressof(header))


def program(machine: str) -> list[bytes]:
    """Return the filter as instructions of classic BPF, eight bytes each."""
    audit, numbers = NUMBERS[machine]
    refuse, allow = _instruction(RETURN, REFUSE), _instruction(RETURN, ALLOW)
    filtered = [
        *(_instruction(LOAD, _ARCHITECTURE), _instruction(JUMP_EQUAL, audit, 1, 0), refuse),
        _instruction(LOAD, _NUMBER),
        *(_instruction(JUMP_AT_LEAST, _X32, 0, 1), refuse),
    ]
    for number in numbers:
        filtered += [_instruction(JUMP_EQUAL, number, 0, 1), refuse]
    return [
        *filtered,
        _instruction(JUMP_EQUAL, PRLIMIT[machine], 0, 3),
        *(_instruction(LOAD, _FIRST_ARGUMENT), _instruction(JUMP_EQUAL, 0, 1, 0), refuse),
        allow,
    ]


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
