"""What a confined process is not to do, and what it must still do: functions of a place that is laid out for them."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from suite.run.split.confinement.kernel import libc


def read_home(place: Path) -> None:
    (place / "home" / "store.db").read_text()


def list_home(place: Path) -> None:
    list((place / "home").iterdir())


def change_home(place: Path) -> None:
    (place / "home" / "store.db").write_text("changed")


def add_to_home(place: Path) -> None:
    (place / "home" / "new").touch()


def remove_from_home(place: Path) -> None:
    (place / "home" / "other.db").unlink()


def read_hidden(place: Path) -> None:
    (place / "code" / "hidden" / "labels.txt").read_text()


def change_own_code(place: Path) -> None:
    (place / "code" / "method.py").write_text("changed")


def read_passwords(place: Path) -> None:
    Path("/etc/shadow").read_text()


def follow_a_link(place: Path) -> None:
    link = place / "own" / "link"
    link.symlink_to(place / "home" / "store.db")
    try:
        link.read_text()
    finally:
        link.unlink()


def read_by_a_program(place: Path) -> None:
    subprocess.run(["cat", place / "home" / "store.db"], check=True, capture_output=True)


def use_an_open_file(place: Path) -> None:
    os.read(int((place / "own" / "descriptor").read_text()), 1)


def connect(place: Path) -> None:
    port = int((place / "own" / "port").read_text())
    socket.create_connection(("127.0.0.1", port), timeout=5).close()


def connect_by_path(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as channel:
        channel.connect(str(place / "home" / "s"))


def signal_the_parent(place: Path) -> None:
    os.kill(os.getppid(), 0)


def read_memory_of_the_parent(place: Path) -> None:
    Path(f"/proc/{os.getppid()}/mem").open("rb").close()


def read_environment_of_the_parent(place: Path) -> None:
    Path(f"/proc/{os.getppid()}/environ").read_bytes()


def trace_the_parent(place: Path) -> None:
    attach, detach = 0x4206, 17  # PTRACE_SEIZE, which stops nobody
    result = libc().ptrace(attach, os.getppid(), None, None)
    if result != 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    libc().ptrace(detach, os.getppid(), None, None)


def limit_the_parent(place: Path) -> None:
    resource.prlimit(os.getppid(), resource.RLIMIT_CORE)


def find_what_others_left(place: Path) -> None:
    Path("/dev/shm", (place / "own" / "left").read_text()).read_text()


def take_too_much_memory(place: Path) -> None:
    bytearray(2**31)


def read_variables(place: Path) -> None:
    if "SUITE_SECRET" not in os.environ and b"SUITE_SECRET" not in Path("/proc/self/environ").read_bytes():
        raise PermissionError("no such variable")


REFUSED = (
    *(read_home, list_home, change_home, add_to_home, remove_from_home, read_hidden, change_own_code, read_passwords),
    *(follow_a_link, read_by_a_program, use_an_open_file, connect, connect_by_path, signal_the_parent),
    *(read_memory_of_the_parent, read_environment_of_the_parent, trace_the_parent, limit_the_parent),
    *(find_what_others_left, take_too_much_memory, read_variables),
)


def read_own_code(place: Path) -> None:
    assert (place / "code" / "method.py").read_text() == "own"


def write_temporary_files(place: Path) -> None:
    with tempfile.NamedTemporaryFile() as file:
        assert Path(file.name).is_relative_to(place / "own")
    assert Path.cwd() == Path.home() == place / "own"


def start_a_program(place: Path) -> None:
    subprocess.run([sys.executable, "-c", "import numpy, signal"], check=True)


def share_work(place: Path) -> None:
    from joblib import Parallel, delayed

    assert Parallel(2)(delayed(abs)(number) for number in (-1, 2)) == [1, 2]


def leave_shared_memory(place: Path) -> None:
    Path("/dev/shm", f"{(place / 'own' / 'left').read_text()}-by-it").write_text("left")


def end_a_child(place: Path) -> None:
    child = subprocess.Popen(["sleep", "60"])
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL


def share_memory(place: Path) -> None:
    import torch

    assert torch.ones(10).share_memory_().sum() == 10


def compile_with_numba(place: Path) -> None:
    import numba

    assert numba.njit(lambda number: number + 1)(1) == 2


def read_embedded_data(place: Path) -> None:
    from sklearn.datasets import load_digits

    assert load_digits().data.shape == (1797, 64)


def read_what_it_runs_on(place: Path) -> None:
    import psutil

    assert psutil.Process().memory_info().rss > 0
    assert (os.cpu_count() or 0) > 0
    assert Path("/proc/cpuinfo").read_text()


ALLOWED = (
    *(
        read_own_code,
        write_temporary_files,
        start_a_program,
        share_work,
        end_a_child,
        share_memory,
        leave_shared_memory,
    ),
    *(compile_with_numba, read_embedded_data, read_what_it_runs_on),
)
