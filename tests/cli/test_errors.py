"""Errors that a user can mend: one, with its cause, its place and the next command, and never a traceback."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from suite.store.writing import Writer

from ..support.command import Done

PLUGIN = Path(__file__).parent.parent / "assets" / "fast_plugin.py"
FAST = ("run", "-t", "fast/count", "-m", "constant", "-s", "0")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home folder, which does not exist yet."""
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def _fast_plugin(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_PLUGINS", str(PLUGIN))
    monkeypatch.setenv("SUITE_HOME", str(home))


def one_error(done: Done, status: int = 2) -> dict[str, str]:
    """Return cause, place and next command of the one error that was printed."""
    text = done.stderr
    assert done.returncode == status, text + done.stdout
    assert "Traceback" not in text + done.stdout
    assert "Warning" not in text
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("error: ")]
    assert len(starts) == 1, text
    assert text.count("  at:   ") == text.count("  next: ") == 1, text
    cause, place, following = lines[starts[0] : starts[0] + 3]
    assert place.startswith("  at:   ")
    assert following.startswith("  next: ")
    assert len(place) > 8
    assert len(following) > 8
    return {"cause": cause.removeprefix("error: "), "at": place[8:], "next": following[8:]}


WRONG = {
    "unknown method": (("run", "-t", "fast/count", "-m", "constnat"), {}, "unknown method 'constnat'. Did you mean"),
    "unknown task": (("run", "-t", "fast/cuont"), {}, "unknown task 'fast/cuont'. Did you mean 'fast/count'"),
    "unknown executor": ((*FAST, "--executor", "proces"), {}, "unknown executor 'proces'. Did you mean 'process'"),
    "wrong value": ((*FAST, "--set", "constant.value=high"), {}, "parameter 'value' of method 'constant'"),
    "unknown parameter": ((*FAST, "--set", "constant.valeu=1"), {}, "Did you mean 'value'"),
    "no parameter": ((*FAST, "--set", "value=1"), {}, "'value=1' is not METHOD.NAME=VALUE"),
    "parameter of an unknown method": ((*FAST, "--set", "constnat.value=1"), {}, "unknown method 'constnat'"),
    "workers": (FAST, {"SUITE_WORKERS": "zero"}, "setting 'workers' has a wrong value: 'zero' is not a whole number"),
    "device": (
        FAST,
        {"SUITE_DEVICE": "gpu"},
        "setting 'device' has a wrong value: 'gpu' is not one of auto, cpu, cuda, cuda:N",
    ),
    "time limit": (
        (*FAST, "--time-limit", "-1"),
        {},
        "setting 'time_limit' has a wrong value: -1.0 is not more than 0.0",
    ),
    "mirror": (("run", "-t", "ood/cifar10", "-m", "energy"), {"SUITE_DATA": "/nowhere"}, "mirror is not a folder"),
    "database to run": (FAST, {"SUITE_DATABASE": "no url"}, "cannot use the URL of the store"),
    "database to read": (("board",), {"SUITE_DATABASE": "no url"}, "cannot use the URL of the store"),
    "database to look at": (("db", "status"), {"SUITE_DATABASE": "no url"}, "cannot use the URL of the store"),
    "no store for the board": (("board",), {}, "there is no store yet"),
    "no store for the runs": (("board", "--runs"), {}, "there is no store yet"),
    "no store to show": (("show", "zzz"), {}, "there is no store yet"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_asked_for_wrongly_is_one_error(suite, home: Path, case: str) -> None:
    arguments, environment, cause = WRONG[case]
    status = 1 if case == "mirror" else 2  # one task's data: others, had there been any, would have run
    assert cause in one_error(suite(*arguments, **environment), status)["cause"]
    assert not (home / "evaluations.txt").exists()


@pytest.fixture
def store(home: Path) -> Iterator[sqlite3.Connection]:
    """A store that nothing was run into yet."""
    Writer(f"sqlite:///{home / 'suite.db'}").close()
    connection = sqlite3.connect(home / "suite.db", isolation_level=None)
    yield connection
    connection.close()


def test_an_unknown_run_names_the_command_that_lists_them(suite, store) -> None:
    assert one_error(suite("show", "zzz")) == {
        "cause": "no run starts with 'zzz'",
        "at": f"sqlite:///{os.environ['SUITE_HOME']}/suite.db",
        "next": "suite board --runs",
    }


@pytest.mark.parametrize("command", [FAST, ("board",), ("db", "upgrade"), ("show", "a")])
def test_a_store_of_a_newer_version(suite, store, command: tuple[str, ...]) -> None:
    store.execute("UPDATE suite_alembic_version SET version_num = '9999'")
    error = one_error(suite(*command))
    assert "the store has schema 9999. This version of basin-suite knows only" in error["cause"]
    assert error["next"] == "pip install --upgrade basin-suite"


@pytest.mark.parametrize("command", [FAST, ("board",)])
def test_a_store_of_an_older_version(suite, store, command: tuple[str, ...]) -> None:
    store.execute("UPDATE suite_alembic_version SET version_num = '0000'")
    assert one_error(suite(*command))["next"] == "suite db upgrade"


def test_a_store_that_no_version_can_upgrade(suite, store) -> None:
    store.execute("UPDATE suite_alembic_version SET version_num = '0000'")
    assert "cannot upgrade the store" in one_error(suite("db", "upgrade"))["cause"]


@pytest.mark.parametrize("command", [FAST, ("board",), ("db", "status"), ("db", "upgrade")])
def test_a_database_that_is_none(suite, home: Path, command: tuple[str, ...]) -> None:
    home.mkdir()
    (home / "suite.db").write_bytes(b"no database at all" * 1000)
    error = one_error(suite(*command))
    assert error["cause"] == "the store is damaged: file is not a database"
    assert error["next"].startswith("suite doctor; ")


def test_a_home_that_is_a_file(suite, home: Path) -> None:
    home.write_text("a file")
    assert "cannot write the store" in one_error(suite(*FAST))["cause"]


def test_the_password_of_the_database_is_not_shown(suite) -> None:
    url = "postgresql+psycopg://user:hunter2@127.0.0.1:1/suite"
    for command in (("board",), ("db", "status"), FAST):
        done = suite(*command, SUITE_DATABASE=url)
        one_error(done)
        assert "hunter2" not in done.stdout + done.stderr


@pytest.fixture
def unprivileged() -> tuple[str, ...]:
    """A prefix under which permission bits hold, which they do not for root."""
    if os.geteuid() != 0:
        return ()
    prefix = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")
    if shutil.which("setpriv") is None or subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pytest.skip("root ignores permission bits, and setpriv cannot drop that here")
    return prefix


@pytest.fixture
def read_only(home: Path) -> Iterator[Path]:
    """Make the home folder read-only, and writable again at the end."""
    yield home
    home.chmod(0o755)


def test_a_read_only_database(suite, unprivileged: tuple[str, ...], read_only: Path) -> None:
    assert suite(*FAST).returncode == 0
    (read_only / "suite.db").chmod(0o444)
    read_only.chmod(0o555)
    error = one_error(suite("run", "-t", "fast/count", "-m", "twin", before=unprivileged))
    assert "cannot write the store" in error["cause"]
    assert "chmod u+w" in error["next"]
    board = suite("board", before=unprivileged)
    assert board.returncode == 0, board.stderr
    assert "constant" in board.stdout


@pytest.mark.parametrize("there", [True, False])
def test_a_database_in_a_read_only_folder(unprivileged: tuple[str, ...], read_only: Path, there: bool) -> None:
    url = f"sqlite:///{read_only / 'suite.db'}"
    read_only.mkdir()
    if there:
        Writer(url).close()
    read_only.chmod(0o555)
    program = f"from suite.store.writing import Writer; Writer({url!r})"
    done = subprocess.run([*unprivileged, sys.executable, "-c", program], capture_output=True, text=True)
    assert f"cannot write the store: {'attempt to write a' if there else 'its folder is'} read" in done.stderr
    assert f"chmod u+w {read_only} " in done.stderr


def test_a_home_in_a_read_only_folder(suite, tmp_path: Path, unprivileged: tuple[str, ...]) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o555)
    error = one_error(suite(*FAST, before=unprivileged, SUITE_HOME=str(folder / "home")))
    assert "cannot write the store" in error["cause"]
    assert "SUITE_HOME" in error["next"]


@pytest.fixture
def small_disk(home: Path) -> Iterator[Path]:
    """The home folder on a file system of four megabytes."""
    home.mkdir()
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, "-t", "tmpfs", "-o", "size=4m", "tmpfs", home]).returncode:
        pytest.skip("file systems cannot be mounted here")
    yield home
    subprocess.run(["umount", "--lazy", home], check=True)


def test_a_full_disk_stops_the_run_and_loses_nothing(suite, small_disk: Path) -> None:
    assert suite(*FAST).returncode == 0
    filler = small_disk / "filler"
    space = os.statvfs(small_disk)
    filler.write_bytes(b"x" * (space.f_bavail * space.f_frsize - 40_000))
    many = ("run", "-t", "fast/count", *(word for seed in range(10) for word in ("-s", str(seed))), "-m")
    error = one_error(suite(*many, "constant", process=True))
    assert "disk" in error["cause"]
    filler.unlink()
    assert suite(*many, "constant").returncode == 0
    rows = sqlite3.connect(small_disk / "suite.db").execute(
        "SELECT state, count(*), count(DISTINCT cell) FROM run JOIN score ON score.run = run.id GROUP BY state"
    )
    assert rows.fetchall() == [("done", 10, 10)]


def _mirror(folder: Path, content: bytes) -> Path:
    """Make a mirror of CIFAR-10 of which each file has this content."""
    place = folder / "uoft-cs" / "cifar10" / "plain_text"
    place.mkdir(parents=True)
    for split in ("train", "test"):
        (place / f"{split}-00000-of-00001.parquet").write_bytes(content)
    return folder


def _parquet(folder: Path) -> bytes:
    """Return a Parquet file in the hub's format, of more rows than are kept for validation."""
    import pyarrow as pa
    import pyarrow.parquet
    from PIL import Image

    content = BytesIO()
    Image.new("RGB", (32, 32)).save(content, "PNG")
    images, labels = [{"bytes": content.getvalue(), "path": None}] * 1100, [row % 10 for row in range(1100)]
    pyarrow.parquet.write_table(pa.table({"img": images, "label": labels}), folder / "rows.parquet")
    return (folder / "rows.parquet").read_bytes()


def test_a_mirror_that_cannot_be_read(suite, tmp_path: Path) -> None:
    mirror = _mirror(tmp_path / "mirror", b"PAR1 no parquet PAR1")
    done = suite("run", "-t", "ood/cifar10", "-m", "energy", SUITE_DATA=str(mirror), HF_HOME=str(tmp_path / "hf"))
    error = one_error(done, status=1)
    assert "ood/cifar10 seed 0 could not be prepared (damaged): the mirror of uoft-cs/cifar10" in error["cause"]
    assert error["at"].startswith(str(mirror))


def test_a_checkpoint_that_is_corrupt(suite, tmp_path: Path) -> None:
    mirror = _mirror(tmp_path / "mirror", _parquet(tmp_path))
    weights = tmp_path / "weights"
    weights.mkdir()
    checkpoint = weights / "resnet20-cifar10.safetensors"
    checkpoint.write_bytes(b"no tensors")
    places = {"SUITE_DATA": str(mirror), "SUITE_WEIGHTS": str(weights), "HF_HOME": str(tmp_path / "hf")}
    done = suite("run", "-t", "ood/cifar10", "-m", "energy", **places)
    error = one_error(done, status=1)
    assert "is damaged: its sha256 is" in error["cause"]
    assert hashlib.sha256(b"no tensors").hexdigest()[:12] in error["cause"]
    assert error["at"] == str(checkpoint)
    assert error["next"].endswith(f"rm {checkpoint}")
