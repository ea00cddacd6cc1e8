"""``suite export`` from a real run to each format, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

FAST = Path(__file__).parent.parent / "assets" / "fast_plugin.py"


@pytest.fixture
def run(suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that ``suite run`` filled."""
    monkeypatch.setenv("SUITE_PLUGINS", str(FAST))
    arguments = ("-t", "fast/count", "-m", "constant", "-m", "twin", "--executor", "inline")
    suite.fill("run", *arguments, "--seed", "0", "--seed", "1", "--seed", "2")


def test_a_site_is_written_and_written_again(suite, run: None, tmp_path: Path) -> None:
    said = suite.printed("export", str(tmp_path / "site"), "--url", "https://example.org/board")
    assert f"pages in {tmp_path / 'site'}; open {tmp_path / 'site' / 'index.html'}" in said
    first = {path: path.read_bytes() for path in (tmp_path / "site").rglob("*") if path.is_file()}
    suite.printed("export", str(tmp_path / "site"), "--url", "https://example.org/board/")
    assert {path: path.read_bytes() for path in (tmp_path / "site").rglob("*") if path.is_file()} == first
    index = (tmp_path / "site" / "index.html").read_text()
    assert "fast/count" in index
    assert "https://example.org/board/index.html" in index


def test_records_and_results_are_written(suite, run: None, tmp_path: Path) -> None:
    said = suite.printed("export", str(tmp_path / "records"), "--format", "every-eval-ever", "--organization", "We")
    assert said == f"2 records in {tmp_path / 'records'}\n"
    said = suite.printed("export", str(tmp_path / "results"), "--format", "hub", "--dataset", "we/basins")
    assert said == f"2 files in {tmp_path / 'results'}\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--url", "http://x y"), "is not the address of a site"),
        (("--url", "http://[x"), "is not the address of a site"),
        (("--url", "https://example.org/a b"), "is not the address of a site"),
        (("--url", 'https://example.org/"onload='), "is not the address of a site"),
        (("--url", "https://example.org:port/"), "is not the address of a site"),
        (("--url", "example.org"), "is not the address of a site"),
        (("--url", "javascript://x/y"), "is not the address of a site"),
        (("--url", "https://example.org/?a=b"), "is not the address of a site"),
        (("--format", "hub"), "is not the name of a data set on the hub"),
    ],
)
def test_wrong_options_are_refused_and_nothing_is_written(suite, run: None, tmp_path: Path, options, said) -> None:
    done = suite("export", str(tmp_path / "out"), *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "next: suite export" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "options", [(), ("--format", "every-eval-ever"), ("--format", "hub", "--dataset", "we/basins")]
)
def test_a_target_that_cannot_be_written_is_one_error(suite, run: None, tmp_path: Path, options) -> None:
    (tmp_path / "file").write_text("x")
    for target in ("/proc/x", str(tmp_path / "file" / "out"), str(tmp_path / ("a" * 300))):
        done = suite("export", target, *options)
        assert done.returncode == 2, done.stderr
        assert done.stderr.startswith("error: ")
        assert "Traceback" not in done.stderr
        assert "next: suite export ANOTHER_FOLDER" in done.stderr


def test_a_folder_of_somebody_else_is_refused(suite, run: None, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    done = suite("export", str(tmp_path))
    assert done.returncode == 2
    assert "cannot overwrite" in done.stderr
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


@pytest.mark.slow
def test_whenever_it_is_killed_a_whole_export_stands(suite, run: None, tmp_path: Path) -> None:
    site = tmp_path / "place" / "site"
    suite.printed("export", str(site))
    whole = {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    command = [sys.executable, "-m", "suite", "export", str(site)]
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    took = time.perf_counter() - started
    for share in (0.5, 0.7, 0.8, 0.85, 0.9, 0.93, 0.96, 0.98):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        time.sleep(share * took)
        process.kill()
        process.wait()
        assert {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()} == whole


def test_without_a_store_nothing_is_written(suite, tmp_path: Path) -> None:
    done = suite("export", str(tmp_path / "out"))
    assert (done.returncode, (tmp_path / "out").exists()) == (2, False)
    assert "next: suite run" in done.stderr
