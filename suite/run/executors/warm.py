"""What the fork server imports once, so that no cell has to: the built-in plugins, and libraries that tracks name.

Other people's plugins are not imported here: each cell imports them by itself, so that what they do to the process
stays in it.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import signal
import warnings
from collections.abc import Collection
from functools import cache
from importlib import import_module
from pathlib import Path

from suite.discovery import OWN, PACKAGES, Loadable, installed_plugins, plugin_files
from suite.freshness import changed, stamps
from suite.registry import Registry, chosen, complete_registry, load_registry
from suite.run.executors.forkserver import LIBRARIES
from suite.run.executors.leftovers import adopt, end_all
from suite.run.split.confinement import reach
from suite.run.split.confinement.kernel import LINUX, PR_SET_PDEATHSIG, prctl
from suite.run.threads import thread_pools

TOLD = signal.SIGUSR2
_built_in = Registry()
_stamps: dict[str, int] = {}


def registry(files: tuple[Path, ...], disabled: tuple[str, ...], only: Collection[str] | None = None) -> Registry:
    """Return what `load_registry` does, given what is loaded already. To be called once in a process."""
    if {plugin.name for plugin in _built_in.plugins} & set(disabled):
        return load_registry(files, disabled, only)
    others = [each for each in _installed(os.environ.get(PACKAGES)) if each[0].distribution != OWN]
    return complete_registry(_built_in, (*chosen(others, only), *plugin_files(files)), disabled)


def edited() -> bool:
    """Tell whether a file of the suite is not any more what was imported, or something was installed since."""
    return changed(_stamps)


def _end_with_runner() -> None:
    """Have Linux tell this process when its runner is gone, even by kill -9; it then ends with all that is below it.

    A pipe would not tell: whatever a method has started may hold it open.
    """
    runner, this = os.getppid(), os.getpid()

    def end(*_: object) -> None:
        # Also sent when only the runner's thread that started this process has ended, and seen by children.
        if os.getpid() == this and os.getppid() != runner:
            end_all()
            os._exit(0)

    if LINUX:
        # The server also ends when the pipe to the runner is closed, which may come before the signal.
        atexit.register(lambda: end_all() if os.getpid() == this else None)
        signal.signal(TOLD, end)
        prctl(PR_SET_PDEATHSIG, TOLD)
        end()  # it may have gone just before


@cache
def _installed(packages: str | None) -> list[Loadable]:
    """Return the plugins that are installed; the folders of a submission may be others than when the server started."""
    return installed_plugins()


def _warm() -> None:
    """Import it all. What fails here fails again in the cell that needs it, and is told there."""
    own = [each for each in _installed(os.environ.get(PACKAGES)) if each[0].distribution == OWN]
    complete_registry(_built_in, own)
    for name in os.environ.get(LIBRARIES, "").split():
        with contextlib.suppress(Exception):
            import_module(name)
    thread_pools()
    adopt()
    _end_with_runner()
    warnings.filterwarnings("ignore", "forkserver: waitpid returned unexpected pid")  # an adopted one that was killed
    reach.installation()
    _stamps.update(stamps({"suite"}))
    gc.freeze()  # children share what is there now


_warm()
