"""Packing: from runs of one's own store to a folder that can be sent."""

from __future__ import annotations

import secrets
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import suite
from suite.errors import SuiteError
from suite.files import write_atomic, write_text_atomic
from suite.hashing import file_digest, text_digest
from suite.registry import Registry
from suite.settings import Settings
from suite.store.results.layout import MANIFEST
from suite.store.results.public import public
from suite.store.results.writing import Written, write_results
from suite.store.rows import RunRow
from suite.store.submission import Submission, read_history
from suite.store.submission.history import append, next_event
from suite.store.submission.reading import FILE
from suite.store.submission.yaml import parse, text_of
from suite.submit.described import packages_of, runs_of
from suite.submit.sampled import sampled

SAMPLES = 16 * 2**20
"""Bytes of samples that are packed if nothing else is asked for."""


@dataclass(frozen=True)
class Packed:
    """A folder that was written, and how much is in it; ``without`` are runs whose samples are not."""

    folder: Path
    runs: int
    samples: int
    without: int
    bytes: int


def pack(
    runs: Sequence[RunRow],
    settings: Settings,
    registry: Registry,
    folder: Path,
    about: dict[str, Any],
    *,
    version: str,
    by: str,
    wheels: Sequence[Path] = (),
    samples: int = SAMPLES,
) -> Packed:
    """Write runs, as `Reader.run` gives them, into a new folder of a submission: all of it, or nothing.

    Args:
        runs: what goes into the results.
        settings: say where the samples lie.
        registry: says which settings and parameters are the defaults.
        folder: where to write it; its name is that of the submission.
        about: title, authors, licence, contact and all else that submission.yaml says and the runs do not.
        version: of the suite.
        by: who submits it.
        wheels: archives of distributions that no index has.
        samples: bytes of samples at most, before they are pressed; see `sampled`.

    Raises:
        SuiteError: the folder is there already, something is missing, no run is done, or submission.yaml would not be
            valid.
    """
    if folder.exists():
        raise SuiteError(f"{folder} exists", place=str(folder), next="choose another name, or remove this one")
    _check_done(runs)
    packages = packages_of(runs, registry)
    made = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}")
    made.mkdir(parents=True)
    try:
        for wheel in wheels:
            _add(wheel, packages, made)
        chosen = sampled(runs, settings, registry, samples)
        shown = [public(run) for run in runs]
        written = write_results(shown, settings, made / "results", version=version, by=by, samples=chosen, pressed=True)
        document = {
            "format": 1,
            "name": folder.name,
            "tier": "results",
            **about,
            "methods": packages,
            "runs": runs_of(runs, registry),
            "results": {"manifest": file_digest(made / "results" / MANIFEST)},
        }
        (made / FILE).write_text(text_of(_validated(document)), encoding="utf-8")
        append(made, [next_event((), "submitted", by, file_digest(made / FILE))])
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return Packed(folder, written.runs, written.samples, written.without, written.bytes)


def add_results(
    folder: Path, runs: Sequence[RunRow], settings: Settings, registry: Registry, *, by: str, samples: int = SAMPLES
) -> Written:
    """Write runs into a submission that has no results yet, name them in its submission.yaml, and add it as submitted.

    Raises:
        SuiteError: it has results, no run is done, or its history does not allow it.
    """
    document = parse((folder / FILE).read_bytes()).value
    if document.get("results"):
        raise SuiteError(
            "the submission already has results", place=str(folder), next=f"suite submit reproduce {folder}"
        )
    _check_done(runs)
    history, chosen = read_history(folder), sampled(runs, settings, registry, samples)
    shown, version = [public(run) for run in runs], suite.__version__
    written = write_results(shown, settings, folder / "results", version=version, by=by, samples=chosen, pressed=True)
    try:
        text = text_of({**document, "results": {"manifest": file_digest(folder / "results" / MANIFEST)}})
        event = next_event(history, "submitted", by, text_digest(text), reason="with results")
        write_text_atomic(folder / FILE, text)
    except BaseException:
        shutil.rmtree(folder / "results")
        raise
    append(folder, [event])
    return written


def _check_done(runs: Sequence[RunRow]) -> None:
    if not any(run.state == "done" for run in runs):
        raise SuiteError(
            f"none of the {len(runs)} runs is done, so there are no scores",
            place=runs[0].cell.title if runs else "the store",
            next="look at the runs: suite board --runs. Correct the method and run it again",
        )


def pack_archive(folder: Path, archive: Path) -> None:
    """Write a folder's files into one zip, below a folder of its name."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            for file in sorted(each for each in folder.rglob("*") if each.is_file()):
                made.write(file, f"{folder.name}/{file.relative_to(folder).as_posix()}")

    if archive.exists():
        raise SuiteError(f"{archive} exists", place=str(archive), next="choose another name, or remove this one")
    write_atomic(archive, write)


def _add(wheel: Path, packages: list[dict[str, Any]], made: Path) -> None:
    """Copy a wheel, and name it at its package."""
    from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

    try:
        name, version, _, _ = parse_wheel_filename(wheel.name)
    except InvalidWheelFilename:
        raise SuiteError("this is not a wheel", place=str(wheel), next="pip wheel --no-deps ./PROJECT") from None
    for package in packages:
        if canonicalize_name(package["distribution"]) == name and package["version"] == str(version):
            (made / "source").mkdir(exist_ok=True)
            shutil.copyfile(wheel, made / "source" / wheel.name)
            package["source"] = {"file": f"source/{wheel.name}", "sha256": file_digest(wheel)}
            return
    raise SuiteError(
        f"no run was made with {name} {version}",
        place=str(wheel),
        next="install the wheel with pip, run the tasks, then pack",
    )


def _validated(document: dict[str, Any]) -> dict[str, Any]:
    import json

    try:
        said = Submission.model_validate_json(json.dumps(document))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise SuiteError(
            f"submission.yaml would not be valid: {f'{where}: ' if where else ''}{first['msg']}",
            place="suite submit pack",
            next="give it as an option, or with --about FILE. See suite submit pack --help",
        ) from None
    order = ("format", "name", "title", "tier", "authors", "licence", "contact", "paper", "methods", "runs", "claims")
    dumped = said.model_dump(mode="json", exclude_defaults=True) | {"format": said.format}
    return {name: dumped[name] for name in (*order, "results") if name in dumped}
