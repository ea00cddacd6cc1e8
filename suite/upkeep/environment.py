"""Findings on what the suite runs in: device, disk, libraries, data at hand."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from suite.discovery import OWN
from suite.settings import Settings, cores
from suite.upkeep.finding import Finding, Verdict, named, size

LITTLE, TOO_LITTLE = 2**30, 2**26
"""Bytes of free space under which a run may end, and under which hardly one will not."""
DAY = 86_400
TEMPORARY = ("suite-prepare-", "suite-reproduce-")
"""How the temporary folders of commands begin that a killed one leaves behind."""


def look(settings: Settings) -> Iterator[Finding]:
    """Yield what there is to say of this machine and of what is installed."""
    yield _device(settings)
    yield from _disks(settings)
    yield _libraries()
    yield _folder("data", settings.data, "SUITE_DATA", "data sets are downloaded from the hub when a task needs them")
    yield _folder(
        "weights", settings.weights, "SUITE_WEIGHTS", "weights are downloaded or trained when a task needs them"
    )
    places = (path for kind in TEMPORARY for path in Path(tempfile.gettempdir()).glob(f"{kind}*"))
    left = sorted(path for path in places if _is_left(path))
    if left:
        what = f"{len(left)} temporary folders of commands that were killed: {named(left)}"
        yield Finding("disk", "worth a look", what, f"rm -r {' '.join(map(str, left))}")


def _device(settings: Settings) -> Finding:
    import torch

    there = torch.cuda.is_available()
    what = f"{'CUDA: ' + torch.cuda.get_device_name() if there else 'CPU'}, {cores()} cores, "
    what += f"{settings.workers} workers; Python {platform.python_version()} on {platform.system()}"
    if settings.device.startswith("cuda") and not there:
        return Finding(
            "device", "wrong", f"SUITE_DEVICE={settings.device}, but torch finds no such device", "unset SUITE_DEVICE"
        )
    if settings.workers > cores():
        return Finding("device", "worth a look", f"{what}: more workers than cores", "unset SUITE_WORKERS")
    return Finding("device", "fine", what)


def _disks(settings: Settings) -> Iterator[Finding]:
    for folder in dict.fromkeys((settings.home, settings.cache_folder)):
        there = next(path for path in (folder, *folder.parents) if path.exists())
        if not os.access(there, os.W_OK):
            yield Finding("disk", "wrong", f"{there} cannot be written", "export SUITE_HOME=<folder>")
            continue
        if folder == settings.cache_folder and folder.is_relative_to(settings.home):
            continue
        free = shutil.disk_usage(there).free
        verdict: Verdict = "wrong" if free < TOO_LITTLE else "worth a look" if free < LITTLE else "fine"
        yield Finding(
            "disk", verdict, f"{size(free)} free at {folder}", "" if verdict == "fine" else "suite cache list"
        )


def _libraries() -> Finding:
    from packaging.requirements import Requirement

    try:
        requirements = map(Requirement, importlib.metadata.requires(OWN) or [])
    except importlib.metadata.PackageNotFoundError:
        what = "basin-suite runs from a folder and is not installed: what it requires cannot be compared"
        return Finding("libraries", "worth a look", what, "pip install -e .")
    needed = [each for each in requirements if each.marker is None or each.marker.evaluate({"extra": ""})]
    wrong = {each: found for each in needed if (found := _version(each.name)) not in each.specifier}
    if wrong:
        what = named([f"{each.name} {found or 'is not there'} ({each.specifier})" for each, found in wrong.items()])
        return Finding("libraries", "wrong", f"not as required: {what}", f"pip install --upgrade {OWN}")
    versions = ", ".join(f"{name} {_version(name)}" for name in (OWN, "torch", "numpy", "sqlalchemy"))
    return Finding("libraries", "fine", f"{len(needed)} as required ({versions})")


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _folder(part: str, folder: Path | None, variable: str, otherwise: str) -> Finding:
    if folder is None:
        return Finding(part, "fine", f"{variable} is not set: {otherwise}")
    if not folder.is_dir() or not os.access(folder, os.R_OK):
        return Finding(part, "wrong", f"{variable}={folder} is not a folder that can be read", f"unset {variable}")
    if not any(folder.iterdir()):
        return Finding(part, "worth a look", f"{variable}={folder} is empty", f"unset {variable}")
    return Finding(part, "fine", f"{folder}: {named(sorted(path.name for path in folder.iterdir()))}")


def _is_left(path: Path) -> bool:
    try:
        return path.is_dir() and time.time() - path.stat().st_mtime > DAY
    except OSError:
        return False
