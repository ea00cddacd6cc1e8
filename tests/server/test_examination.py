"""The process that checks an upload reaches the upload, and nothing else that is anybody's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from suite.run.split.confinement import landlock
from suite.server.examination import VERDICT
from suite.settings import Settings
from suite.store.tokens import Tokens

TRIES = """
import json, os, socket, sys
from pathlib import Path
from suite.server import examination

def examine(archive, folder, beside, settings):
    tries = {
        "read the upload": archive.read_bytes,
        "write its folder": lambda: (folder / "file").write_text("x"),
        "list the others": lambda: os.listdir(beside),
        "read the store": (settings.home / "suite.db").read_bytes,
        "change the others": lambda: (beside / "file").write_text("x"),
        "change the upload": lambda: archive.write_text("x"),
        "open a socket": socket.socket,
        "find a secret": lambda: os.environ["SECRET"],
    }
    came = {}
    for name, attempt in tries.items():
        try:
            attempt()
            came[name] = True
        except (OSError, KeyError):
            came[name] = False
    return examination.Verdict(state="refused", reason=json.dumps(came))

examination.examine = examine
examination.main(*sys.argv[1:])
"""


@pytest.mark.slow
@pytest.mark.skipif(landlock.version() < 1, reason="the kernel has no Landlock")
def test_it_is_confined(home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Tokens(home.database_url).new("ada", "admin", None)
    monkeypatch.setenv("SECRET", "x")
    archive, folder, beside = tmp_path / "archive", tmp_path / "folder", tmp_path / "beside"
    archive.write_bytes(b"x")
    folder.mkdir()
    beside.mkdir()
    subprocess.run([sys.executable, "-P", "-c", TRIES, archive, folder, beside], check=True)
    came = json.loads(json.loads((folder / VERDICT).read_text())["reason"])
    assert [name for name, done in came.items() if done] == ["read the upload", "write its folder", "list the others"]
