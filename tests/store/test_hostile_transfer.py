"""Files of runs that no export wrote: each is refused with one error that says why, and nothing is written."""

from __future__ import annotations

import contextlib
import json
import shutil
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from exchange import Members, Shop, cell, changed_run, rewritten

from suite.errors import SuiteError
from suite.hashing import bytes_digest, canonical_json, text_digest
from suite.store.transfer import bundle
from suite.store.transfer.export import ENVIRONMENTS, MANIFEST, RUNS


@pytest.fixture
def ours(tmp_path: Path) -> Shop:
    """A home without a store."""
    return Shop(tmp_path / "ours")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """What was exported of a store with two finished runs."""
    shop = Shop(tmp_path / "theirs")
    shop.run(cell(0), 0.25)
    shop.run(cell(1), 0.5)
    shop.export(tmp_path / "theirs.zip")
    return tmp_path / "theirs.zip"


def refused(ours: Shop, file: Path, wrong: str = "") -> str:
    """Return why a file is refused; nothing is written."""
    with pytest.raises(SuiteError) as caught:
        ours.merge(file, wrong)
    assert not ours.settings.home.exists()
    assert caught.value.place == str(file)
    return caught.value.cause


def test_a_file_that_is_not_there(ours: Shop, tmp_path: Path) -> None:
    assert "does not exist" in refused(ours, tmp_path / "none.zip")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"SQLite format 3\0" + bytes(200), bytes(1000)])
def test_a_file_that_is_no_export(ours: Shop, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert "damaged, or not an export of runs" in refused(ours, file)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut(ours: Shop, file: Path, part: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * part)])
    assert "refused" in refused(ours, file)


def test_a_byte_that_was_turned_anywhere(ours: Shop, file: Path) -> None:
    content = file.read_bytes()
    for place in range(0, len(content), 97):
        file.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        with contextlib.suppress(SuiteError):
            ours.merge(file)  # taken if nobody reads the byte, as in the date of a member
        if ours.settings.home.exists():
            assert sorted(run.scores[0].value for run in ours.runs()) == [0.25, 0.5]
            shutil.rmtree(ours.settings.home)


def _twice(parts: Members) -> None:
    parts[RUNS] = parts[RUNS] + parts[RUNS]


def _two_done(parts: Members) -> None:
    record = json.loads(parts[RUNS].splitlines()[0])
    parts[RUNS] += json.dumps({**record, "id": "ab" * 8}).encode()


def _format(number: Any) -> Callable[[Members], None]:
    return lambda parts: parts.update(
        {MANIFEST: json.dumps({**json.loads(parts[MANIFEST]), "format": number}).encode()}
    )


def _sample(parts: Members) -> str:
    return next(name for name in parts if name.startswith("samples/"))


def _no_parquet(parts: Members) -> None:
    old = _sample(parts)
    new = bytes_digest(b"no table")
    parts[f"samples/{new}.parquet"] = b"no table"
    sha = old.removeprefix("samples/").removesuffix(".parquet")
    del parts[old]
    for name in (MANIFEST, RUNS):
        parts[name] = parts[name].replace(sha.encode(), new.encode())


MEMBERS: dict[str, tuple[Callable[[Members], object], str]] = {
    "no manifest": (lambda parts: parts.pop(MANIFEST), "it has no manifest.json"),
    "manifest is no JSON": (lambda parts: parts.update({MANIFEST: b"{"}), "damaged, or not an export"),
    "no runs": (lambda parts: parts.pop(RUNS), "is missing or does not belong: 'runs.jsonl'"),
    "newer": (_format(2), "format 2. This version of basin-suite knows only 1"),
    "older": (_format(0), "Manifest.format: Input should be 1"),
    "format is a text": (_format("1"), "Manifest.format: Input should be 1"),
    "a path that leads out": (
        lambda parts: parts.update({"../../evil.py": b""}),
        "is missing or does not belong: '../../evil.py'",
    ),
    "an absolute path": (
        lambda parts: parts.update({"/etc/cron.d/evil": b""}),
        "is missing or does not belong: '/etc/cron.d/evil'",
    ),
    "a pickle": (lambda parts: parts.update({"model.pkl": b"\x80\x04."}), "is missing or does not belong: 'model.pkl'"),
    "samples are not there": (lambda parts: parts.pop(_sample(parts)), "is missing or does not belong: 'samples/"),
    "samples of no run": (
        lambda parts: parts.update({RUNS: parts[RUNS].splitlines()[0]}),
        "samples that belong to no run",
    ),
    "other samples": (lambda parts: parts.update({_sample(parts): b"other"}), "does not fit its name"),
    "samples are no table": (_no_parquet, "is not a table of samples"),
    "a run twice": (_twice, "one run twice"),
    "two finished runs of a cell": (_two_done, "two finished runs of one cell"),
    "no environment": (lambda parts: parts.update({ENVIRONMENTS: b""}), "is missing"),
    "an environment of another shape": (
        lambda parts: parts.update({ENVIRONMENTS: parts[ENVIRONMENTS] + b'{"machine": [1]}\n'}),
        "EnvironmentPart.machine",
    ),
    "very deep": (lambda parts: parts.update({RUNS: b"[" * 100_000}), "refused"),
}


@pytest.mark.parametrize("case", MEMBERS)
def test_members_that_no_export_has(ours: Shop, file: Path, case: str) -> None:
    change, why = MEMBERS[case]
    assert why in refused(ours, rewritten(file, change))


def test_records_that_are_not_those_of_the_manifest(ours: Shop, file: Path) -> None:
    change = lambda parts: parts.update({RUNS: parts[RUNS].replace(b"0.25", b"0.99")})  # noqa: E731
    assert "runs.jsonl does not fit the manifest" in refused(ours, rewritten(file, change, honest=False))


def _score(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda record: record["scores"][0].update(values)


def _cell(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda record: record["cell"].update(values)


def _identity(**values: Any) -> Callable[[dict[str, Any]], None]:
    """Change the identity, and the id with it, so that it is the right hash."""

    def change(record: dict[str, Any]) -> None:
        text = canonical_json({**json.loads(record["cell"]["identity"]), **values})
        record["cell"] |= {"identity": text, "id": text_digest(text)}

    return change


RECORDS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "NaN": (_score(value=float("nan")), "RunPart"),
    "infinity": (_score(value=float("-inf")), "RunPart"),
    "a number beyond all": (lambda record: record.update(facts={"x": "\0"}), "a text has a NUL character"),
    "no samples counted": (_score(n=0), "RunPart.scores.0.n"),
    "huge count": (_score(n=2**40), "RunPart.scores.0.n"),
    "a metric of another cell": (_score(metric="charm"), "the cell has no metric charm@1"),
    "a metric of another version": (_score(metric_version="2"), "the cell has no metric accuracy@2"),
    "two scores of one column": (
        lambda record: record["scores"].append(record["scores"][0]),
        "two scores for the same",
    ),
    "a mean without a part that is not called partial": (
        lambda record: record.update(missing=["all/far"]),
        "accuracy all is a mean without all/far, not marked as partial",
    ),
    "scores of a failure": (lambda record: record.update(state="failed"), "a run in the state failed has scores"),
    "a state that holds the cell": (lambda record: record.update(state="running"), "RunPart.state"),
    "the future": (lambda record: record.update(ended="2999-01-01T00:00:00"), "its time is in the future"),
    "a time with a zone": (lambda record: record.update(started="2026-01-01T00:00:00+05:00"), "RunPart.started"),
    "an id that is a path": (lambda record: record.update(id="../../evil"), "RunPart.id"),
    "samples that are a path": (lambda record: record.update(samples="../../evil"), "RunPart.samples"),
    "another field": (lambda record: record.update(rank=1), "RunPart.rank: Extra inputs"),
    "a long text": (lambda record: record.update(error="x" * 3000), "RunPart.error"),
    "another seed": (_cell(seed=7), "its identity has another seed"),
    "another method": (_cell(method="fast/twin"), "its identity has another method"),
    "other parameters": (_cell(parameters={"value": 0.9}), "its identity has other parameters"),
    "another setting": (_cell(setting={"size": "small"}), "its identity has another setting"),
    "another hash": (_cell(id="c" * 64), "its id does not fit the hash of its identity"),
    "no metrics": (_identity(metrics=None), "has no metrics"),
    "other data": (
        _identity(ingredients={"data/numbers": "f" * 64}),
        "its data or models differ from those of its cell",
    ),
    "a name that drives a terminal": (_cell(task="fast/\x1b[2J"), "RunPart.cell.task"),
    "an identity that is no JSON": (_cell(identity="{"), "RunPart.cell"),
}


@pytest.mark.parametrize("case", RECORDS)
def test_records_that_cannot_be(ours: Shop, file: Path, case: str) -> None:
    change, why = RECORDS[case]
    assert why in refused(ours, changed_run(file, change))


def test_scores_that_the_task_does_not_allow(ours: Shop, file: Path) -> None:
    assert "outside the metric's bounds" in refused(ours, file, "accuracy all = 7 is outside the metric's bounds")


def test_a_member_twice(ours: Shop, file: Path) -> None:
    with warnings.catch_warnings(), zipfile.ZipFile(file, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(RUNS, b"")
    assert "two of one name" in refused(ours, file)


def test_a_bomb_is_not_unpacked(ours: Shop, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "LARGE", 2**20)
    rewritten(file, lambda parts: parts.update({RUNS: bytes(2**21)}))
    assert file.stat().st_size < 20_000
    assert "runs.jsonl is larger than 1 MiB" in refused(ours, file)


def test_samples_that_were_packed_are_not_unpacked(ours: Shop, file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert "Samples must not be compressed" in refused(ours, file)


def test_a_protected_file(ours: Shop, file: Path) -> None:
    content = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        content[archive.getinfo(MANIFEST).header_offset + 6] |= 1
    content[content.rindex(b"PK\x01\x02", 0, content.index(MANIFEST.encode(), 100)) + 8] |= 1
    file.write_bytes(content)
    assert "refused" in refused(ours, file)
