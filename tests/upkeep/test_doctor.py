"""``suite doctor`` finds what is wrong, says how to mend it, and changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from suite.cache import Cache
from suite.upkeep import environment

from ..support.command import Suite
from ..support.stores import seal_again

Execute = Callable[..., list[Any]]
Found = dict[str, tuple[str, str, str]]


def found(suite: Suite, status: int | None = None, **given: str) -> list[dict[str, str]]:
    """Return the findings that are not fine."""
    done = suite("doctor", "--format", "json", **given)
    findings = json.loads(done.stdout)
    assert done.returncode == int(any(each["verdict"] == "wrong" for each in findings))
    assert status is None or done.returncode == status
    return [each for each in findings if each["verdict"] != "fine" and each["part"] != "libraries"]


def older(path: Path, seconds: float = 2 * 86_400) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def contents(home: Path) -> dict[str, bytes]:
    # SQLite's shared memory is no content: whoever reads the store makes it.
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file() and "suite.db-" not in path.name}


def test_of_a_sound_home_nothing_is_wrong_and_nothing_changes(suite: Suite, home: Path) -> None:
    before = contents(home)
    assert found(suite, 0) == []
    assert contents(home) == before
    lines = suite.printed("doctor").splitlines()
    assert {line.split()[0] for line in lines} <= {"fine", "worth"}
    assert "3 runs of 3 cells; sound, schema" in lines[0]


def test_without_a_store_there_is_nothing_to_mend(suite: Suite) -> None:
    assert found(suite, 0) == []
    assert "there is none yet" in suite.printed("doctor")


def test_a_store_with_garbage_in_the_middle_is_wrong(suite: Suite, home: Path, execute: Execute) -> None:
    execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray((home / "suite.db").read_bytes())
    content[20_000:28_000] = b"garbage!" * 1000
    (home / "suite.db").write_bytes(content)
    first, *_ = found(suite, 1)
    assert (first["part"], first["verdict"]) == ("store", "wrong")
    assert "damaged" in first["what"]
    assert first["next"]


STORE = {
    "UPDATE cell SET identity = replace(identity, 'constant', 'constand') WHERE method = 'fast/constant'": (
        "wrong",
        "1 cells are not what their ids say",
        "suite export-runs FILE",
    ),
    "DELETE FROM score": ("wrong", "finished runs have no score: ", "suite forget "),
    "UPDATE run SET state = 'running', lease_until = '2001-01-01 00:00:00', seal = NULL WHERE state = 'failed'": (
        "worth a look",
        "1 runs are under way whose runner is gone: ",
        "suite run",
    ),
    f"INSERT INTO environment VALUES ('{hashlib.sha256(b'{}').hexdigest()}', '{{}}')": (
        "worth a look",
        "0 cells and 1 environments of no run",
        "suite forget --orphans --yes",
    ),
    "ALTER TABLE reproduction RENAME COLUMN made TO eade": (
        "wrong",
        "the table 'reproduction' has no column 'made'",
        "restore a copy",
    ),
    "INSERT INTO score VALUES ('none', 'accuracy', 'all', '1', 0.5, 10, 0, NULL)": (
        "wrong",
        "1 rows of the table 'score' refer to what is not there",
        "restore a copy",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("statement", STORE)
def test_what_is_wrong_in_the_store_is_told(suite: Suite, home: Path, execute: Execute, statement: str) -> None:
    execute(statement)
    verdict, what, mend = STORE[statement]
    (finding,) = found(suite, int(verdict == "wrong"))
    assert (finding["part"], finding["verdict"]) == ("store", verdict)
    assert what in finding["what"]
    assert mend in finding["next"]


def test_a_value_that_was_changed_is_told(suite: Suite, execute: Execute) -> None:
    execute("UPDATE run SET wall_seconds = 0.001 WHERE state = 'failed'")
    execute("""UPDATE environment SET document = '{"python": "2"}'""")
    run, environment = found(suite, 1)
    [[changed]] = execute("SELECT id FROM run WHERE state = 'failed'")
    assert (run["what"], run["next"]) == (
        f"1 runs are not as they were recorded: {changed}",
        f"suite forget {changed} --yes; then suite run",
    )
    assert "environments are not what their ids say" in environment["what"]


def test_a_score_that_is_not_that_of_its_samples_is_told(suite: Suite, home: Path, execute: Execute) -> None:
    execute("UPDATE score SET value = value / 2 WHERE value > 0")
    (finding,) = found(suite, 1)
    assert "runs are not as they were recorded" in finding["what"]
    seal_again(home / "suite.db")
    told = found(suite, 1)
    assert {each["part"] for each in told} == {"scores"}
    assert "contradicts itself: its scores are not those of its samples: accuracy all" in told[0]["what"]
    assert told[0]["next"].startswith("suite forget ")


def test_samples_that_are_not_what_their_name_says_are_wrong(suite: Suite, home: Path, execute: Execute) -> None:
    file = next((home / "samples").glob("??/*.parquet"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    (finding,) = found(suite, 1)
    ((run,),) = execute(f"SELECT id FROM run WHERE samples = '{file.stem}'")
    assert str(file) in finding["what"]
    assert finding["next"] == f"suite forget {run} --yes; then suite run"


@pytest.mark.slow
def test_samples_that_are_gone_are_told(suite: Suite, home: Path) -> None:
    shutil.rmtree(home / "samples")
    (finding,) = found(suite, 0)
    assert finding["what"].startswith("2 of 2 files are not here")


def test_files_of_no_run_are_told_and_removed_by_the_command_that_is_named(suite: Suite, home: Path) -> None:
    content = b"samples of a run that is forgotten"
    orphan = home / "samples" / "ab" / f"{hashlib.sha256(content).hexdigest()}.parquet"
    young = orphan.with_name(f".{orphan.name}.123456")
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(content)
    young.write_bytes(content)
    older(orphan)
    (finding,) = found(suite, 0)
    assert finding["what"].startswith("1 files of samples, logs and results belong to no run")
    suite.printed(*finding["next"].split()[1:])
    assert (orphan.exists(), young.exists()) == (False, True), "a young one may be of a run that is being recorded"
    assert found(suite, 0) == []


@pytest.mark.slow
def test_leftovers_in_the_cache_are_told_and_removed_by_the_command_that_is_named(suite: Suite, home: Path) -> None:
    folder = home / "cache" / "models"
    folder.mkdir(parents=True)
    for name in (".ab.safetensors.123456", "cd.safetensors.lock", "ef.safetensors", "ef.safetensors.lock"):
        (folder / name).write_bytes(b"x")
        older(folder / name)
    (finding,) = [each for each in found(suite) if "half-written" in each["what"]]
    assert finding["what"].startswith("2 half-written files and locks")
    suite.printed(*finding["next"].split()[1:])
    assert sorted(path.name for path in folder.iterdir()) == ["ef.safetensors", "ef.safetensors.lock"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["index.json", "*.parquet"])
def test_a_damaged_board_is_told_and_built_again(suite: Suite, home: Path, name: str) -> None:
    next((home / "board").glob(name)).write_bytes(b"{}")
    (finding,) = found(suite, 0)
    assert (finding["part"], finding["next"].split(" (")[0]) == ("board", "suite board")
    suite.printed("board")
    assert found(suite, 0) == []


@pytest.mark.slow
def test_a_plugin_that_fails_and_a_listener_that_nobody_has_are_wrong(suite: Suite, tmp_path: Path) -> None:
    plugin = tmp_path / "broken_plugin.py"
    plugin.write_text("raise RuntimeError('no \\x1b[31mluck')\n")
    failed, unknown = found(suite, 1, SUITE_PLUGINS=str(plugin), SUITE_LISTENERS="nobody")
    assert "no luck" in failed["what"].replace("\x1b[31m", "")
    assert failed["next"] == "suite plugins --traceback"
    assert "\x1b" not in suite("doctor", SUITE_PLUGINS=str(plugin)).stdout
    assert "nobody" in unknown["what"]


@pytest.mark.slow
def test_a_mirror_that_is_not_there_and_a_device_that_is_not_are_wrong(suite: Suite, tmp_path: Path) -> None:

    given = {"SUITE_DATA": str(tmp_path / "none"), **({} if torch.cuda.is_available() else {"SUITE_DEVICE": "cuda"})}
    parts = {each["part"]: each["next"] for each in found(suite, 1, **given)}
    assert parts["data"] == "unset SUITE_DATA"
    assert torch.cuda.is_available() or parts["device"] == "unset SUITE_DEVICE"


@pytest.mark.slow
def test_a_disk_that_is_almost_full_is_told(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    free = {"now": 2**20}
    usage = type("Usage", (), {"free": property(lambda _: free["now"])})
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda _: usage())
    (finding,) = found(suite, 1)
    assert finding["what"].startswith("1 MiB free at ")
    free["now"] = 2**29
    (finding,) = found(suite, 0)
    assert finding["verdict"] == "worth a look"


def test_a_library_that_is_too_old_is_wrong(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    from suite.settings import load_settings

    needed = ["numpy>=99", "nowhere-to-be-found>=1; extra == 'more'", "typer>=0.1"]
    monkeypatch.setattr(environment.importlib.metadata, "requires", lambda _: needed)
    (finding,) = [each for each in environment.look(load_settings()) if each.part == "libraries"]
    assert finding.verdict == "wrong"
    assert finding.what.endswith("(>=99)")


def test_an_artifact_that_is_not_what_was_written_is_wrong_and_can_be_removed(suite: Suite, home: Path) -> None:
    cache = Cache(home / "cache")
    for name in ("kept", "flipped"):
        cache.tensors("features", {"name": name}, lambda: {"x": torch.arange(100.0)})
    file = cache.path("features", {"name": "flipped"}, ".safetensors")
    content = bytearray(file.read_bytes())
    content[-5] ^= 1
    file.write_bytes(content)
    (finding,) = found(suite, 1)
    assert finding["what"].endswith(f": features/{file.name}")
    assert finding["next"] == "suite cache prune --damaged --yes"
    suite.printed(*finding["next"].split()[1:])
    assert not file.exists()
    assert cache.path("features", {"name": "kept"}, ".safetensors").exists()
    assert found(suite, 0) == []


@pytest.mark.slow
def test_temporary_folders_of_commands_that_were_killed_are_told(suite: Suite, tmp_path: Path) -> None:
    for name in ("suite-prepare-old", "suite-prepare-young", "suite-of-others"):
        (tmp_path / "temporary" / name).mkdir()
        if name != "suite-prepare-young":
            older(tmp_path / "temporary" / name)
    (finding,) = found(suite, 0)
    assert finding["what"].startswith("1 temporary folders of commands that were killed: ")
    assert finding["what"].endswith("suite-prepare-old")
