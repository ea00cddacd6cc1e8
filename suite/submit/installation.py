"""Installing the packages of a submission: apart from everything else, and without running any code of theirs."""

from __future__ import annotations

import shutil
import site
import subprocess
import sys
import venv
from collections.abc import Collection, Iterable, Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from suite.discovery import OWN
from suite.errors import SuiteError
from suite.hashing import digest
from suite.settings import Settings
from suite.store.submission.document import Package
from suite.submit.archive import check_archive

SECONDS = 1800.0


def installed(folder: Path, packages: Sequence[Package], settings: Settings) -> Path | None:
    """Install the packages of a submission, if that was not done before; return the folder in which they lie.

    None if all of them are the suite's own. pip puts releases and pure wheels there, and never builds: no code of them
    is run. They lie there even where this Python has them too: whoever sends a method has installed it. What they need
    and this Python has already is used, and stays as it is; a package that needs another version is refused.

    Raises:
        SuiteError: an archive is not what it should be, or pip finds no release that fits.
    """
    wanted = [package for package in packages if package.distribution != OWN]
    if not wanted:
        return None
    for package in wanted:
        if package.source is not None:
            check_archive(folder, package)
    known = visible({canonicalize_name(package.distribution) for package in wanted})
    key = digest([[each.model_dump(mode="json", exclude={"names", "declared"}) for each in wanted], known, sys.version])
    home = settings.home / "environments" / f"{wanted[0].distribution}-{key[:12]}"
    packages_folder = home / "packages"
    if not packages_folder.is_dir():
        shutil.rmtree(home, ignore_errors=True)
        made = _environment(home)
        _install(made, folder, wanted, known, home)
        made.rename(packages_folder)
        shutil.rmtree(home / "venv")  # it was there for pip; no Python ever starts in it
    return packages_folder


def visible(but: Collection[str] = ()) -> list[str]:
    """Return what this Python has, as ``NAME==VERSION``; of a distribution that is there twice, the one it imports.

    Those of the names ``but``, which are canonical, are left out.
    """
    return sorted(f"{name}=={version}" for name, version in _versions(distributions()).items() if name not in but)


def lacking(folder: Path) -> list[str]:
    """Return what the packages of a folder require, and neither they nor this Python have in a version that fits."""
    found = list(distributions(path=[str(folder)]))
    versions = _versions((*found, *distributions()))
    needs = [Requirement(text) for each in found for text in each.requires or ()]
    asked = [need for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    return [str(need) for need in asked if not _is_met(need, versions.get(canonicalize_name(need.name)))]


def _is_met(need: Requirement, version: str | None) -> bool:
    """Tell whether a version fits; what an extra asks for beside it, only pip can tell."""
    return version is not None and not need.extras and need.specifier.contains(version, prereleases=True)


def _versions(found: Iterable[Distribution]) -> dict[str, str]:
    versions: dict[str, str] = {}
    for each in found:  # in the order in which Python looks
        if each.name:
            versions.setdefault(canonicalize_name(each.name), each.version)
    return versions


def _environment(home: Path) -> Path:
    """Make a virtual environment in which pip sees what this Python has; return the folder of its packages."""
    venv.EnvBuilder(symlinks=True, with_pip=False).create(home / "venv")
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    packages = home / "venv" / "lib" / version / "site-packages"
    lines = [f"import site; site.addsitedir({path!r})\n" for path in site.getsitepackages()]
    (packages / "beside.pth").write_text("".join(lines), encoding="utf-8")
    return packages


def _install(packages: Path, folder: Path, wanted: Sequence[Package], known: Sequence[str], home: Path) -> None:
    constraints = home / "constraints.txt"
    constraints.write_text("\n".join(known) + "\n", encoding="utf-8")
    names = [
        str(folder.absolute() / each.source.file) if each.source else f"{each.distribution}=={each.version}"
        for each in wanted
    ]
    said = _pip(home, "--ignore-installed", "--no-deps", "--", *names)  # else pip leaves out what this Python has
    if not said and lacking(packages):  # else pip would look into all that this Python has, and find fault with it
        said = _pip(home, "--constraint", str(constraints), "--", *names)
    if said:
        shutil.rmtree(home, ignore_errors=True)
        releases = ", ".join(f"{each.distribution} {each.version}" for each in wanted)
        raise SuiteError(
            f"pip cannot install {releases}: {said[:300]}",
            place=str(folder),
            next="add the wheel, if it is on no index: suite submit pack ... --wheel FILE",
        )
    (packages / "beside.pth").unlink()


def _pip(home: Path, *arguments: str) -> str:
    """Install into the virtual environment of a home; return what is wrong, or an empty string."""
    command = [
        *(sys.executable, "-m", "pip", "--python", str(home / "venv" / "bin" / "python"), "install"),
        *("--only-binary", ":all:", "--no-compile", "--no-input", "--disable-pip-version-check", "--quiet"),
        *arguments,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    lines = done.stderr.strip().splitlines() or ["it gave no reason"]
    errors = [line for line in lines if line.startswith("ERROR:")]  # the last one names no package
    return (errors[:1] or lines[-1:])[0] if done.returncode else ""
