"""Findings on the store, and on results that it does not have yet."""

from __future__ import annotations

from collections.abc import Iterator

from suite.errors import SuiteError
from suite.settings import Settings
from suite.store.engine import has_store
from suite.store.health import Health, examine
from suite.store.schema import REVISION
from suite.store.urls import database_file, shown
from suite.upkeep.finding import NAMED, Finding, named

PART = "store"


def look(settings: Settings) -> tuple[list[Finding], Health | None]:
    """Return what there is to say of the store, and what was found in it; None if it cannot be read or is not there."""
    url = settings.database_url
    try:
        if not has_store(url):
            return [Finding(PART, "fine", f"there is none yet at {shown(url)}", "suite run")], None
        health = examine(url)
    except SuiteError as error:
        return [Finding(PART, "wrong", f"{error.cause} ({error.place})", error.next)], None
    return [*_of_store(url, health), *_of_pending(settings, health)], health


def _of_store(url: str, health: Health) -> Iterator[Finding]:
    broken = (
        f"restore a copy of {database_file(url) or shown(url)}, or: suite export-runs FILE, and begin with a new store"
    )
    for said in health.problems:
        yield Finding(PART, "wrong", f"the database is damaged: {said}", broken)
    if health.renamed:
        what = f"{len(health.renamed)} cells are not what their ids say, so they were changed by hand"
        yield Finding(PART, "wrong", f"{what}: {named([each[:12] for each in health.renamed])}", broken)
    if health.altered:
        what = f"{len(health.altered)} runs are not as they were recorded: {named(health.altered)}"
        again = f"suite forget {' '.join(health.altered[:NAMED])} --yes; then suite run"
        yield Finding(PART, "wrong", what, again)
    if health.environments:
        what = f"{len(health.environments)} environments are not what their ids say"
        yield Finding(PART, "wrong", f"{what}: {named([each[:12] for each in health.environments])}", broken)
    if health.bare:
        again = f"suite forget {health.bare[0]} --yes; then suite run"
        yield Finding(PART, "wrong", f"finished runs have no score: {named(health.bare)}", again)
    if health.abandoned:
        what = f"{len(health.abandoned)} runs are under way whose runner is gone: {named(health.abandoned)}"
        yield Finding(PART, "worth a look", what, "suite run (it takes their cells over)")
    if health.unused_cells or health.unused_environments:
        what = f"{len(health.unused_cells)} cells and {len(health.unused_environments)} environments of no run"
        yield Finding(PART, "worth a look", what, "suite forget --orphans --yes")
    if not any((health.problems, health.renamed, health.altered, health.environments, health.bare)):
        going = f", {len(health.running)} under way" if health.running else ""
        what = f"{len(health.ids)} runs of {health.cells} cells{going}; sound, schema {REVISION}"
        yield Finding(PART, "fine", f"{what} ({shown(url)})")


def _of_pending(settings: Settings, health: Health) -> Iterator[Finding]:
    if not settings.pending.is_dir():
        return
    left = sorted({folder.name for folder in settings.pending.iterdir()} & set(health.abandoned))
    if left:
        what = f"{len(left)} results of runners that are gone wait to be recorded: {named(left)}"
        yield Finding(PART, "worth a look", what, "suite run")
