"""Listing plugins imports every plugin, and so nothing heavy may come along."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {"torch", "timm", "datasets", "streamlit", "scipy", "sklearn", "pyarrow", "sqlalchemy", "alembic", "pandas"}


@pytest.mark.parametrize(
    "code",
    [
        "from suite.registry import load_registry; assert not load_registry().failures",
        "import suite.cli.main",
        "from typer.testing import CliRunner; from suite.cli.main import app; "
        "assert CliRunner().invoke(app, ['methods']).exit_code == 0",
        "from typer.testing import CliRunner; from suite.cli.main import app; "
        "assert CliRunner().invoke(app, ['plugins']).exit_code == 0",
    ],
    ids=["load_registry", "import of the command line", "suite methods", "suite plugins"],
)
def test_nothing_heavy_is_imported(code: str) -> None:
    probe = f"{code}\nimport json, sys\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    imported = set(json.loads(done.stdout.splitlines()[-1]))
    assert "suite" in imported
    assert imported & HEAVY == set()
