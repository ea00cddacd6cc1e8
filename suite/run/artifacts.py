"""Which artifacts of the cache a (task, seed) needs, for machines that do not see it: what preparing it asked for."""

from __future__ import annotations

from pathlib import Path

from suite.cache import Cache
from suite.contracts import Job
from suite.contracts.substitute import NETWORK

KIND = "artifacts"


def note_artifacts(cache: Cache, job: Job) -> None:
    """Note what the cache was asked for since it was opened, and has."""
    names = sorted(str(path.relative_to(cache.folder)) for path in cache.used if path.is_file())
    cache.write_note(KIND, _identity(job), {"names": names})


def artifacts_of(cache: Cache, job: Job) -> list[str]:
    """Return what was noted for the task and seed of a job, by path below the cache; nothing where nothing was."""
    noted = cache.note(KIND, _identity(job)) or {"names": []}
    digests = [str(Path(name).with_suffix(".sha256")) for name in noted["names"]]  # which they are held against
    return [name for name in (*digests, *noted["names"]) if (cache.folder / name).is_file()]


def _identity(job: Job) -> dict[str, object]:
    return {"task": job.task, "seed": job.seed, NETWORK: job.setting.get(NETWORK)}
