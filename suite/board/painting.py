"""Pictures of a run, made in a process of their own.

What a task imports for its pictures, as torch, would stay in whoever shows them, and what it does wrong would take them
down. So a short-lived child loads the plugins, reads the samples, and writes the pictures as JSON.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.contracts import Picture, Task
from suite.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

SECONDS = 120
"""How long a child may take."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Painting:
    """The pictures of one subset, and the subsets among which to choose: all from the first that has some."""

    subsets: tuple[str, ...] = ()
    subset: str = ""
    pictures: tuple[Picture, ...] = ()


def paint(task: type[Task], table: pa.Table, scored: Sequence[str], subset: str = "") -> Painting:
    """Return the pictures of a subset of a run's stored samples, of the first one that has some if none is named.

    Subsets are those of its scores, in the task's order, and what else the table names. What the samples raise is
    raised, and a TypeError for what is no picture.
    """
    import pyarrow.compute as pc

    stored = pc.unique(table["subset"]).to_pylist() if "subset" in table.column_names else []
    subsets = list(dict.fromkeys([*(name for name in task.subsets if name in scored), *map(str, stored)]))
    samples = task.samples.read(table)
    first = next((number for number, name in enumerate(subsets) if samples.pictures(name)), None)
    if first is None:
        return Painting()
    shown = subset if subset in subsets[first:] else subsets[first]
    pictures = tuple(samples.pictures(shown))
    if wrong := next((each for each in pictures if not isinstance(each, Picture)), None):
        raise TypeError(f"{wrong!r} is not a suite.contracts.Picture")
    return Painting(tuple(subsets[first:]), shown, pictures)


def paint_apart(settings: Settings, task: str, digest: str, scored: Sequence[str], subset: str = "") -> Painting | None:
    """Return the pictures of the samples with this sha256 as `paint` does, from a child; None if it fails.

    Why it failed is logged, for that may name paths of this machine.
    """
    asked = {"task": task, "digest": digest, "scored": list(scored), "subset": subset}
    command = [sys.executable, "-P", "-m", __name__]  # -P: no module of the present folder is taken for one of ours
    given = json.dumps({**asked, "settings": settings.model_dump(mode="json")})
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=SECONDS, check=True)
        painting: dict[str, Any] = json.loads(done.stdout)
        pictures = tuple(Picture(**picture) for picture in painting.pop("pictures"))
        return Painting(tuple(painting["subsets"]), painting["subset"], pictures)
    except subprocess.CalledProcessError as error:
        log.warning("the pictures of %s failed: %s", task, error.stderr[-4000:])
    except (subprocess.TimeoutExpired, OSError, ValueError, TypeError, KeyError) as error:
        log.warning("the pictures of %s failed: %r", task, error)
    return None


def main() -> None:
    """Paint what standard input asks for; what plugins print goes to the errors."""
    from suite.registry import load_registry
    from suite.store.archive import find_table

    output, sys.stdout = sys.stdout, sys.stderr
    asked = json.load(sys.stdin)
    given = asked["settings"]
    plugins, disabled = tuple(map(Path, given.pop("plugins"))), tuple(given.pop("disabled_plugins"))
    settings = Settings(**given, plugins=plugins, disabled_plugins=disabled)
    task = load_registry(plugins, disabled).tasks[asked["task"]]
    table = find_table(settings, asked["digest"])
    if table is None:
        raise FileNotFoundError("the samples are gone")
    json.dump(asdict(paint(task, table, asked["scored"], asked["subset"])), output, allow_nan=False)


if __name__ == "__main__":
    main()
