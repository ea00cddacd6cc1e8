"""Findings on the files beside the store: samples and logs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from suite.hashing import file_digest
from suite.settings import Settings
from suite.store.health import Health
from suite.store.logs import Logs
from suite.store.samples import samples_folder, samples_path
from suite.upkeep.finding import Finding, named, size

YOUNG_SECONDS = 3600
"""What is younger may belong to a run that is being recorded."""


def look(settings: Settings, health: Health | None) -> Iterator[Finding]:
    """Yield what there is to say of them; without a store, that no run refers to them cannot be told."""
    files = sorted(samples_folder(settings).glob("??/*.parquet"))
    damaged = [file for file in files if file_digest(file) != file.stem]
    runs = health.samples if health else {}
    for file in damaged:
        of_runs = runs.get(file.stem, [])
        again = f"suite forget {' '.join(of_runs)} --yes; then suite run" if of_runs else f"rm {file}"
        whose = f", the samples of {named(of_runs)}" if of_runs else ""
        yield Finding("samples", "wrong", f"{file} is not what was written{whose}", again)
    gone = {sha256: of for sha256, of in runs.items() if not samples_path(settings, sha256).exists()}
    if gone:
        of_gone = [run for each in gone.values() for run in each]
        what = f"{len(gone)} of {len(runs)} files are not here: of the runs {named(of_gone)}"
        next = "bring them from the machine that ran them, or forget these runs: suite forget RUN --yes; suite run"
        yield Finding("samples", "worth a look", what, next)
    if health is not None:
        unused = orphans(settings, health)
        if unused:
            what = f"{len(unused)} files of samples, logs and results belong to no run: {size(_bytes(unused))}"
            yield Finding("samples", "worth a look", what, "suite forget --orphans --yes")
    if not damaged and not gone:
        yield Finding("samples", "fine", f"{len(files)} files, {size(_bytes(files))}; each is what its name says")
    logs = list(Logs(settings).files())
    yield Finding("logs", "fine", f"{len(logs)} files, {size(_bytes(logs))}")


def orphans(settings: Settings, health: Health) -> list[Path]:
    """Return what no run refers to: files of samples and logs, half-written ones too, and pending results.

    Nothing that is young is among them.
    """
    samples = [file for file in samples_folder(settings).glob("??/*") if file.stem not in health.samples]
    logs = [file for file in Logs(settings).folder.glob("??/*") if file.name.partition(".")[0] not in health.ids]
    pending = [folder for folder in settings.pending.glob("*") if folder.name not in health.ids]
    return [file for file in (*samples, *logs, *pending) if time.time() - file.stat().st_mtime > YOUNG_SECONDS]


def _bytes(files: Iterable[Path]) -> int:
    return sum(file.stat().st_size for file in files)
