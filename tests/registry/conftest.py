"""Plugins that are installed by hand: modules and the few metadata files that importlib.metadata reads."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ..support.command import Done, Suite

ASSETS = Path(__file__).resolve().parent.parent / "assets"
Command = Callable[..., Done]


def install_by_hand(site: Path, module: Path) -> None:
    """Put a module into ``site`` with the metadata that a wheel of it, version 1.2.3, would bring."""
    shutil.copy(module, site)
    distribution = module.stem.replace("_", "-")
    metadata = site / f"{module.stem}-1.2.3.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2.3\n")
    (metadata / "entry_points.txt").write_text(f"[suite]\nplugin = {module.stem}\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder of installed packages, first on the path of this process; what it imports is forgotten again."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    yield folder
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(f"{folder}{os.sep}"):
            del sys.modules[name]


@pytest.fixture
def broken_site(site: Path) -> Path:
    """A folder with every broken package of the assets installed."""
    for module in sorted((ASSETS / "broken-plugins").glob("*.py")):
        install_by_hand(site, module)
    return site


@pytest.fixture
def command(suite: Suite, tmp_path: Path) -> Command:
    """``command(*arguments, path=(...), **environment)``: ``suite`` in a process of its own, in an empty folder.

    ``path`` comes first on the process's import path.
    """
    folder = tmp_path / "elsewhere"
    folder.mkdir()

    def run(*arguments: str, path: tuple[Path, ...] = (), **environment: str) -> Done:
        return suite(*arguments, folder=folder, PYTHONPATH=os.pathsep.join(map(str, path)), **environment)

    return run
