"""Whether the files of a submission are what their hashes say, without a look at what they hold."""

from __future__ import annotations

from pathlib import Path

from suite.errors import SuiteError
from suite.hashing import file_digest
from suite.store.results.layout import MANIFEST
from suite.store.results.reading import open_results
from suite.store.submission import read_submission


def damage(folder: Path) -> str:
    """Return which file of a submission is not what its hash says; an empty text if all are. Raises nothing for it."""
    of = read_submission(folder).submission
    if of is None:
        return ""
    files = {package.source.file: package.source.sha256 for package in of.methods if package.source}
    try:
        if of.results is not None:
            results = open_results(folder / "results")
            files |= {f"results/{name}": sha256 for name, sha256 in results.manifest.files.items()}
            files[f"results/{MANIFEST}"] = of.results.manifest
        other = next((name for name, sha256 in files.items() if not _is(folder / name, sha256)), None)
        return f"{other} is not what its hash says" if other else ""
    except SuiteError as error:
        return error.cause
    except OSError as error:
        return f"it cannot be read: {error.strerror}"


def _is(file: Path, sha256: str) -> bool:
    return file.is_file() and not file.is_symlink() and file_digest(file) == sha256
