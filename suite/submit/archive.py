"""The archive of a method: a wheel of pure Python, which is what submission.yaml says and brings nothing along."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from configparser import ConfigParser, Error
from pathlib import Path

from packaging.metadata import RawMetadata, parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from suite.errors import SuiteError
from suite.hashing import file_digest
from suite.hookspecs import ENTRY_POINT_GROUP
from suite.store.submission.document import Package
from suite.submit.members import Member, Odd, Opened, opened
from suite.submit.report import Problem

LARGEST, TEXT = 20 * 2**20, 2**20
"""Bytes of a wheel, and of a text in it that is read, at most."""
CODE = (".so", ".pyd", ".dll", ".dylib", ".exe", ".pyc", ".pyo")
PICKLES = (".pkl", ".pickle", ".joblib", ".dill", ".pt", ".pth", ".ckpt", ".t7")
AGAIN = "pip wheel --no-deps ./PROJECT, then name the wheel and its sha256 in submission.yaml"


def archive_problems(folder: Path, package: Package) -> Iterator[Problem]:
    """Yield what is wrong with the archive of a package. It is opened only if it has the sha256 that is named."""
    assert package.source is not None
    file, place = folder / package.source.file, package.source.file
    if not file.is_file() or file.is_symlink():
        yield Problem("it is missing", place, AGAIN)
        return
    if file.stat().st_size > LARGEST:
        yield Problem(f"it is larger than {LARGEST // 2**20} MiB", place, "leave out what is not code of the method")
        return
    if (found := file_digest(file)) != package.source.sha256:
        yield Problem(f"its sha256 is {found}, not the one that submission.yaml names", place, AGAIN)
        return
    try:
        with opened(file) as wheel:
            wrong = [*_names(file.name, package), *_content(wheel), *_metadata(wheel, package)]
    except (Odd, OSError) as error:
        wrong = [str(error)]
    yield from (Problem(text, place, AGAIN) for text in wrong)


def check_archive(folder: Path, package: Package) -> None:
    """Raise `SuiteError` for the first thing that is wrong with the archive of a package."""
    for problem in archive_problems(folder, package):
        raise SuiteError(problem.cause, place=problem.place, next=problem.next)


def _names(file: str, package: Package) -> Iterator[str]:
    try:
        name, version, _, tags = parse_wheel_filename(file)
    except (InvalidWheelFilename, InvalidVersion):
        yield "its name is that of no wheel"
        return
    if name != canonicalize_name(package.distribution) or not _same(str(version), package.version):
        yield f"its name says {name} {version}, and submission.yaml {package.distribution} {package.version}"
    if any(tag.abi != "none" or tag.platform != "any" for tag in tags):
        yield "it is built for a machine; only pure Python (py3-none-any) is taken"


def _content(wheel: Opened) -> Iterator[str]:
    taken = {"suite", *sys.stdlib_module_names}
    for member in wheel.members:
        path, top = member.path, member.path.parts[0]
        if path.suffix.lower() in CODE:
            yield f"{path} is compiled code; only sources are taken"
        elif path.suffix.lower() in PICKLES:
            yield f"{path} is a pickle, or runs as code when Python starts; weights are taken as safetensors"
        elif top.endswith(".data"):
            yield f"{path} would be put outside of the packages of Python"
        elif top.removesuffix(".py") in taken:
            yield f"{path} has the name of a module of Python or of the suite"


def _metadata(wheel: Opened, package: Package) -> Iterator[str]:
    said = _text(wheel, "METADATA")
    if said is None:
        yield "it is not a wheel: it has no METADATA"
        return
    metadata, _ = parse_email(said)
    name, version = metadata.get("name", ""), metadata.get("version", "")
    if canonicalize_name(name) != canonicalize_name(package.distribution) or not _same(version, package.version):
        yield f"it holds {name} {version}, and submission.yaml says {package.distribution} {package.version}"
    yield from _requirements(metadata)
    points, parser = _text(wheel, "entry_points.txt"), ConfigParser(delimiters=("=",), interpolation=None)
    try:
        parser.read_string((points or b"").decode())
    except (Error, UnicodeDecodeError):
        yield "its entry_points.txt cannot be read"
    if not parser.has_section(ENTRY_POINT_GROUP):
        yield f"it has no entry point of the group {ENTRY_POINT_GROUP!r}, so that the suite would not find the method"


def _requirements(metadata: RawMetadata) -> Iterator[str]:
    for text in metadata.get("requires_dist", []):
        try:
            if Requirement(text).url:
                yield f"it needs {text!r}, which is an address; only releases of an index are installed"
        except InvalidRequirement:
            yield f"it needs {text[:100]!r}, which is not a requirement"


def _text(wheel: Opened, name: str) -> bytes | None:
    """Return a file of the wheel's only folder ``*.dist-info``."""
    found: list[Member] = [each for each in wheel.members if each.path.match(f"*.dist-info/{name}")]
    return wheel.read(found[0], TEXT) if len(found) == 1 and len(found[0].path.parts) == 2 else None


def _same(one: str, other: str) -> bool:
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other
