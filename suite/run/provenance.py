"""Where a score comes from: code, packages, machine. Never the environment variables, never credentials."""

from __future__ import annotations

import platform
import re
import subprocess
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import Any

from suite.contracts import Method
from suite.discovery import direct_url, is_editable
from suite.registry import Entry

KERNELS = ("sse4_2", "avx", "fma", "avx2", "avx512f", "amx_bf16", "asimd", "sve", "sve2")
"""Instructions, as Linux names them, by which NumPy, OpenBLAS, torch and oneDNN choose how they add and multiply."""


def environment(entry: Entry[type[Method]]) -> dict[str, Any]:
    """Return what a run of this method was made with: revisions of suite and plugin, packages, Python, machine."""
    code = _code(entry.plugin.distribution, _source_file(entry.value))
    if entry.plugin.folder is not None:  # Python does not look there
        code = {**code, "version": entry.plugin.version, "editable": False}
    return {
        "suite": _code("basin-suite", Path(__file__)),
        "plugin": {"name": entry.plugin.name, **code},
        "packages": _packages(entry.plugin.folder),
        "python": platform.python_version(),
        "system": platform.platform(),
        "machine": machine(),
    }


@lru_cache
def git_revision(file: Path) -> dict[str, Any] | None:
    """Return {origin, commit, dirty} of the repository that tracks ``file``; None if none does.

    A virtual environment inside somebody's repository is not tracked by it, and so is not mistaken for it.
    """

    def git(*arguments: str) -> str | None:
        try:
            done = subprocess.run(
                ["git", "-C", str(file.parent), *arguments], capture_output=True, text=True, timeout=10, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    if git("ls-files", "--error-unmatch", file.name) is None:
        return None
    origin = git("remote", "get-url", "origin")
    return {
        "origin": _without_credentials(origin) if origin else None,
        "commit": git("rev-parse", "HEAD"),
        "dirty": bool(git("status", "--porcelain", "--untracked-files=no")),
    }


def _without_credentials(remote: str) -> str:
    return re.sub(r"//[^/]*@", "//", re.sub(r"[?#].*", "", remote))


@lru_cache
def _code(name: str, file: Path | None) -> dict[str, Any]:
    try:
        version: str | None = distribution(name).version
    except PackageNotFoundError:
        version = None
    revision = git_revision(file) if file else None
    if revision is None and "vcs_info" in direct_url(name):
        revision = {"commit": direct_url(name)["vcs_info"].get("commit_id"), "dirty": False}
    return {"distribution": name, "version": version, "editable": is_editable(name), "git": revision}


def _source_file(cls: type) -> Path | None:
    import inspect

    try:
        return Path(inspect.getfile(cls))
    except (OSError, TypeError):
        return None


@lru_cache
def _packages(folder: Path | None = None) -> dict[str, str]:
    """Return what is installed where Python looks, and in a folder where it does not."""
    beside = distributions(path=[str(folder)]) if folder else ()
    found = [*beside, *distributions()]
    return dict(sorted({each.metadata["Name"]: each.version for each in reversed(found)}.items()))  # the first counts


@lru_cache
def machine() -> dict[str, Any]:
    """Return what this machine is."""
    import psutil

    return {
        "host": platform.node(),
        "cpu": _cpu_model(),
        "instructions": _instructions(),
        "cores": psutil.cpu_count(logical=False),
        "logical_cores": psutil.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
    }


def _cpu_model() -> str:
    return _of_cpu("model name") or platform.processor() or platform.machine()


def _instructions() -> str | None:
    """Return which of the instructions that libraries choose their kernels by the processor has, if that is known."""
    told = (_of_cpu("flags") or _of_cpu("Features") or "").split()
    return " ".join([platform.machine(), *(name for name in KERNELS if name in told)]) if told else None


def _of_cpu(what: str) -> str | None:
    """Return what Linux tells of the first processor."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return None
    line = re.search(rf"^{what}\s*:\s*(.+)$", text, re.MULTILINE)
    return line[1] if line else None
