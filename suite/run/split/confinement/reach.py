"""Which files a confined method may reach: what Python and its libraries need, its own code, a folder to write in."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import suite
from suite.run.split.confinement.landlock import DEVICE, LIST, READ, WRITE, Access

if TYPE_CHECKING:
    from suite.settings import Settings

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/sys", "/proc", "/dev/pts")
"""Programs and libraries, and what the kernel tells. Landlock keeps the memory, the files and the environment of other
processes under /proc closed; names and command lines are open to every user of a machine, and stay so."""
SYSTEM_FILES = (
    *("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "timezone", "passwd", "group", "nsswitch.conf"),
    *("os-release", "mime.types", "fonts", "OpenCL", "vulkan", "alternatives"),
)
"""What libraries look up in /etc. The rest of it is closed: root's host could read the shadow file."""
DEVICES = ("null", "zero", "full", "random", "urandom", "shm", "dri", "kfd")
"""Devices beside those of NVIDIA. /dev/shm is where semaphores and shared tensors of one's own processes lie."""
LIBRARIES = ("stdlib", "platstdlib", "purelib", "platlib")
PREFIX_FOLDERS = ("bin", "lib", "lib64", "share", "etc", "nvvm", "targets", "pyvenv.cfg")
PACKAGES = ("plugins", "benchmarks")  # in a checkout they lie beside `suite`, with submissions and tests


def rules(readable: Sequence[Path], writable: Path, hidden: Sequence[Path]) -> Iterator[tuple[str, Access]]:
    """Yield each path with the rights over it and all below it, the hidden ones left out."""
    closed = closed_folders(hidden)
    for path in (*installation(), *map(os.path.realpath, readable)):
        for part in spare(path, closed):
            yield part, READ
    for package in (*(path for path in readable if (path / "__init__.py").exists()), suite_folder()):
        yield str(package.parent), LIST  # an import lists the folder that a package lies in; its files stay closed
    for device in (*(Path("/dev", name) for name in DEVICES), *Path("/dev").glob("nvidia*")):
        yield str(device), WRITE if device.name == "shm" else DEVICE
    yield str(writable), WRITE


def spare(path: str, closed: Sequence[str]) -> Iterator[str]:
    """Yield the path, or, if something closed lies in it, what lies beside that. Both are free of links."""
    if path in closed:
        return
    if not any(each.startswith(path + os.sep) for each in closed):
        yield path
        return
    for child in os.scandir(path):
        if not child.is_symlink():  # a rule would follow it; what it leads to has a rule of its own or none
            yield from spare(child.path, closed)


@cache
def installation() -> tuple[str, ...]:
    """Return where system, Python, its packages and the suite's own lie, free of links; the same for every process."""
    prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    installed = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    installed += [*(sysconfig.get_path(name) for name in LIBRARIES), *site.getsitepackages()]
    libraries = [path for path in os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep) if path]
    paths = (
        *(*map(Path, SYSTEM), *(Path("/etc", name) for name in SYSTEM_FILES)),
        *(Path(prefix, name) for prefix in prefixes for name in PREFIX_FOLDERS),
        *map(
            Path, (*(sysconfig.get_path(name) for name in LIBRARIES), *site.getsitepackages(), *installed, *libraries)
        ),
        *(suite_folder(), *(suite_folder().parent / name for name in PACKAGES)),
    )
    real = {os.path.realpath(path) for path in paths if os.path.exists(path)}  # noqa: PTH110 - no rights are no error
    return tuple(path for path in sorted(real) if not any(path.startswith(each + os.sep) for each in real))


def closed_folders(hidden: Sequence[Path]) -> list[str]:
    """Return the hidden folders, free of links, and those of published results: their samples hold labels."""
    paths = (suite_folder() / "submissions", suite_folder().parent / "submissions")
    return [os.path.realpath(path) for path in (*hidden, *(path for path in paths if path.exists()))]


def secret_places(settings: Settings) -> list[Path]:
    """Return where store, cache, data and weights lie: closed to a method even inside of what it may read."""
    from suite.store.urls import database_file  # no host needs a database library

    store = database_file(settings.database_url)
    places = (settings.home, settings.cache_folder, settings.data, settings.weights, store)
    return [place for place in places if place is not None]


def suite_folder() -> Path:
    """Return the folder of the package `suite`."""
    return Path(str(suite.__file__)).resolve().parent
