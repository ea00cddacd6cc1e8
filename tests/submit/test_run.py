"""Running a submission: its code is imported where it can do no harm, and what comes of it is kept and compared."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
from pathlib import Path

import pytest

from suite.errors import SuiteError
from suite.hashing import file_digest
from suite.registry import Registry, load_registry
from suite.run.executors.forkserver import start_context
from suite.run.split.confinement.container import find_engine
from suite.scaffold import new_method
from suite.settings import Settings
from suite.store.submission import read_submission, yaml
from suite.submit import check
from suite.submit.pack import add_results
from suite.submit.reproduce import reproduce, sampled
from suite.submit.run import run
from suite.submit.states import record
from suite.submit.trusted import Bench

from ..run.bench import Steps
from ..support.command import Suite
from .desk import ABOUT

NAME, DISTRIBUTION = "foreign-norm", "basin-suite-foreign-norm"


def wheel_of(registry: Registry, folder: Path, edit: str = "") -> Path:
    """Write the template of a method, with more code in it, and build its wheel without a network."""
    made = new_method(registry, NAME, "ood", "detector", folder / "package")
    made.write()
    with (made.folder / made.module).open("a") as file:
        file.write(edit)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "-w", str(folder / "dist"), str(made.folder)], check=True, capture_output=True)
    (wheel,) = (folder / "dist").iterdir()
    return wheel


def submission(registry: Registry, folder: Path, edit: str = "", **more: object) -> Path:
    """Return a submission of code alone."""
    wheel, made = wheel_of(registry, folder, edit), folder / "submissions" / NAME
    (made / "source").mkdir(parents=True)
    shutil.copy(wheel, made / "source")
    source = {"file": f"source/{wheel.name}", "sha256": file_digest(wheel)}
    package = {"distribution": DISTRIBUTION, "version": "0.1.0", "names": [f"ood/{NAME}"], "source": source, **more}
    runs = [{"task": "ood/digits", "seeds": [0], "parameters": {f"{NAME}.order": 1.5}}]
    about = {"format": 1, "name": NAME, "tier": "code", **ABOUT, "methods": [package], "runs": runs}
    (made / "submission.yaml").write_text(yaml.text_of(about))
    record(made, "submitted", by="Ada")
    return made


def settings_of(folder: Path, shared_cache: Path) -> Settings:
    about = {"database": None, "cache": shared_cache, "data": None, "weights": None, "hub": False, "device": "cpu"}
    return Settings(home=folder / "home", published=False, workers=1, **about)


@pytest.mark.slow
def test_from_a_wheel_to_a_reproduced_row(registry: Registry, tmp_path: Path, shared_cache: Path) -> None:
    start_context()  # as in a notebook that has run cells before: this server is older than what is installed now
    folder, settings = submission(registry, tmp_path), settings_of(tmp_path, shared_cache)
    of = read_submission(folder).submission
    assert of is not None
    assert check(folder, registry).ok
    ran = run(folder, of, settings, Steps())
    (made,) = ran.runs
    assert (made.state, made.cell.parameters) == ("done", {"order": 1.5})
    assert made.isolation is not None
    assert made.isolation["split"] is True
    engine = find_engine()
    assert ran.container == (engine.name if engine else None)
    if sys.platform == "linux":
        assert set(ran.confined) >= {"files", "environment"}
    assert made.environment is not None
    assert made.environment["plugin"]["version"] == "0.1.0"
    assert made.environment["packages"][DISTRIBUTION] == "0.1.0"
    assert "foreign_norm" not in sys.modules
    assert f"ood/{NAME}" not in {each.name for each in load_registry().methods}

    add_results(folder, ran.runs, settings, registry, by="Bob")
    report = check(folder, registry)
    assert report.problems == ()
    assert report.results is not None
    assert report.submission is not None
    again = reproduce(folder, report.submission, report.results, settings, Steps())
    assert again.state == "reproduced", again
    assert (again.evidence["cells"], again.evidence["equal"], again.evidence["split"]) == (1, 1, True)
    assert again.evidence["container"] == ran.container


@pytest.mark.slow
def test_what_is_installed_already_is_not_what_runs(
    registry: Registry, tmp_path: Path, shared_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends a method has it installed, maybe as it was before."""
    beside, before = (
        tmp_path / "site-packages",
        wheel_of(registry, tmp_path / "before", "\nForeignNorm.version = '0'\n"),
    )
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(beside)]
    subprocess.run([*command, str(before)], check=True, capture_output=True)
    folder, own = submission(registry, tmp_path), site.getsitepackages()
    monkeypatch.setattr(site, "getsitepackages", lambda: [str(beside), *own])
    monkeypatch.syspath_prepend(str(beside))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(beside), os.environ.get("PYTHONPATH", "")]))
    of = read_submission(folder).submission
    assert of is not None
    method = Bench(folder, of, settings_of(tmp_path, shared_cache)).registry().methods.entry(f"ood/{NAME}")
    assert method.value.version == "1"
    assert method.plugin.folder is not None
    assert (method.plugin.folder / "foreign_norm.py").is_file()
    assert "foreign_norm" not in sys.modules


@pytest.mark.slow
def test_code_that_is_not_what_it_says_is_told(registry: Registry, tmp_path: Path, shared_cache: Path) -> None:
    settings = settings_of(tmp_path, shared_cache)
    declared = {f"ood/{NAME}": {"card": {"title": "Mine", "status": "baseline"}, "needs": []}}
    folder = submission(registry, tmp_path, declared=declared)
    of = read_submission(folder).submission
    assert of is not None
    with pytest.raises(SuiteError, match=r"card in its code differs from submission\.yaml"):
        Bench(folder, of, settings).registry()


@pytest.mark.slow
def test_code_that_breaks_or_looks_around_when_it_is_imported(
    registry: Registry, tmp_path: Path, shared_cache: Path
) -> None:
    settings = settings_of(tmp_path, shared_cache)
    secret = settings.home / "secret.txt"
    secret.parent.mkdir(parents=True)
    secret.write_text("the labels")
    folder = submission(registry, tmp_path, f"\nraise RuntimeError(open({str(secret)!r}).read())\n")
    of = read_submission(folder).submission
    assert of is not None
    with pytest.raises(SuiteError, match="cannot load the methods: no plugin registers") as caught:
        Bench(folder, of, settings).registry()
    assert "the labels" not in caught.value.cause
    assert "PermissionError" in caught.value.cause
    assert "leaderboard" not in caught.value.cause  # a plugin of ours that nothing here may read


def test_a_sample_is_of_as_many_tasks_and_methods_as_can_be(packed: Path) -> None:
    class Row:
        def __init__(self, task: str, method: str) -> None:
            self.cell = self
            self.task, self.method = task, method

    rows = [Row(task, method) for task in "abc" for method in "xy" for _ in range(5)]
    picked = sampled(rows, 6)
    assert {(row.task, row.method) for row in picked} >= {("a", "x")} or len({row.task for row in picked}) == 3
    assert sorted(row.task for row in picked) == [*"aabbcc"]
    assert len(sampled(rows, 100)) == 30


def test_what_is_the_suites_own_needs_no_installation(packed: Path, shop: Settings) -> None:
    of = read_submission(packed).submission
    assert of is not None
    bench = Bench(packed, of, shop)
    assert "ood/energy" in bench.registry().methods
    assert bench.confined is None


def test_what_could_not_be_packed_is_told_before_anything_runs(suite: Suite, packed: Path) -> None:
    done = suite("submit", "run", str(packed), "--pack", "--by", "Bob")
    assert done.returncode == 2
    assert "the submission already has results" in done.stderr
