"""Methods that cheat: what becomes of each in a split run and, as control, on the fast path."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import psutil
import pytest
from bench import Bench
from verdicts import VERDICTS, Verdict

from suite.contracts import Resources
from suite.registry import load_registry
from suite.run.split.confinement import WORDS, landlock
from suite.store.rows import RunRow

CHEATS = Path(__file__).parents[2] / "assets" / "cheats_plugin.py"
TRUST = Path(__file__).parents[3] / "docs" / "trust.md"
TASK, TOKEN = "ood/digits", "BASIN_TOKEN"
PERFECT = ("order", "frames", "memory", "patch", "forge", "known")
"""Cheats that have a perfect score where they work; the others then score all samples the same, without an error."""
FAST, SPLIT = 0, 1
WAYS = {"never": FAST, "always": SPLIT}


class Trial:
    """A home folder in which every cheat was tried once, in one way."""

    def __init__(self, folder: Path, resources: Resources, split: str) -> None:
        self.bench = Bench(folder / "home", CHEATS)
        self._given = {"cache": resources.settings.cache_folder, "data": folder / "data", "hub": False, "split": split}
        self.bench.home.mkdir()
        (folder / "data").mkdir()
        (folder / "data" / "labels.csv").write_text("label\n")
        splits = load_registry().tasks[TASK]().splits(0, resources)  # type: ignore[attr-defined]
        rows = [len(part.rows(resources)) for part in (splits.test, *splits.ood.values())]
        with socket.create_server(("127.0.0.1", 0)) as server:
            known = {"home": self.bench.home, "cache": resources.settings.cache_folder, "data": folder / "data"}
            known |= {"port": server.getsockname()[1], "runner": os.getpid(), "inside": rows[0], "total": sum(rows)}
            self.honest = self._run(["msp"])["msp"]
            last = ["change-store"]  # on the fast path nothing before it stays as it was
            self.runs = self._run([name for name in VERDICTS if name not in last], known)
            self.changed = self._run(last, known)

    def _run(self, methods: list[str], known: dict[str, Any] | None = None) -> dict[str, RunRow]:
        overrides = tuple((method, key, str(value)) for method in methods for key, value in (known or {}).items())
        given = {"tasks": (TASK,), "seeds": (0,), "overrides": overrides, "workers": 1, "time_limit": 120.0}
        self.bench.run(*methods, **given, **self._given)
        return {method.removeprefix("ood/"): run for (method, _), run in self.bench.runs().items()}


@pytest.fixture(scope="module", params=WAYS)
def trial(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, resources: Resources
) -> Iterator[tuple[Trial, int]]:
    if request.param == "always" and landlock.version() < 6:
        pytest.skip(f"this kernel has Landlock {landlock.version()}; it takes version 6 to refuse all of these")
    os.environ[TOKEN] = "secret"
    try:
        yield Trial(tmp_path_factory.mktemp("cheats"), resources, request.param), WAYS[request.param]
    finally:
        del os.environ[TOKEN]


def near(run: RunRow) -> float:
    return next(score.value for score in run.scores if (score.metric, score.subset) == ("auroc", "near"))


@pytest.mark.slow
@pytest.mark.parametrize("cheat", VERDICTS)
def test_each_has_its_verdict(trial: tuple[Trial, int], cheat: str) -> None:
    tried, way = trial
    run = (tried.changed if cheat == "change-store" else tried.runs)[cheat]
    verdict: Verdict = VERDICTS[cheat][way]
    assert (run.isolation or {}).get("split", False) == (way == SPLIT)
    if verdict == "refused":
        assert run.state == "failed"
        assert re.match(r"PermissionError|OperationalError: unable to open database file", run.error or "")
    elif verdict == "noticed":
        assert (run.state, run.scores) == ("invalid", ())
    else:
        assert (run.state, run.error) == ("done", None)
    if verdict == "works" and cheat in PERFECT:
        assert near(run) == 1
    if verdict == "impossible":
        assert abs(near(run) - 0.5) < 0.1, "it guesses"


@pytest.mark.slow
def test_the_store_says_what_was_recorded_or_not(trial: tuple[Trial, int]) -> None:
    tried, way = trial
    assert 0.8 < near(tried.honest) < 0.95
    assert near(tried.changed["msp"]) == (near(tried.honest) if way == SPLIT else 0.01)


@pytest.mark.slow
def test_nothing_goes_on_afterwards(trial: tuple[Trial, int]) -> None:
    assert not [
        process for process in psutil.process_iter(["cmdline"]) if "left-by-a-cheat" in (process.info["cmdline"] or ())
    ]


@pytest.mark.slow
def test_a_split_run_says_what_the_kernel_enforced(trial: tuple[Trial, int]) -> None:
    tried, way = trial
    if way == FAST:
        assert tried.runs["patch"].isolation is None or not tried.runs["patch"].isolation["split"]
    else:
        isolation = tried.runs["patch"].isolation
        assert isolation is not None
        assert isolation["confined"] == [word for word in WORDS if word not in ("tcp", "memory")]


def test_the_documentation_has_the_same_verdicts() -> None:
    verdict = "|".join(get_args(Verdict))
    rows = re.findall(rf"^\| `([a-z-]+)` \|[^|]*\| ({verdict}) \| ({verdict}) \|$", TRUST.read_text("utf-8"), re.M)
    assert {name: (fast, split) for name, fast, split in rows} == VERDICTS


def test_the_documentation_explains_each_word_as_the_code_does() -> None:
    rows = re.findall(r"^\| `([a-z ]+)` \| (It [^|]*\.) \|", TRUST.read_text(encoding="utf-8"), re.M)
    assert dict(rows) == WORDS


def test_the_documentation_says_which_tracks_are_split() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (yes|no) \|", TRUST.read_text(encoding="utf-8"), re.M)
    tracks = [entry.value for entry in load_registry().tracks]
    assert dict(rows) == {track.name: "yes" if track.border else "no" for track in tracks}
