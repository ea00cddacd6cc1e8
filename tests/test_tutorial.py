"""The tutorial, as a reader does it: an empty folder, an empty home, and the commands of the page in their order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from suite.registry import load_registry

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "first-method.md").read_text(encoding="utf-8")
(CODE,) = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_the_method_is_a_plugin(tmp_path: Path) -> None:
    file = tmp_path / "my_cosine.py"
    file.write_text(CODE)
    registry = load_registry((file,))
    assert registry.failures == []
    assert "ood/my-cosine" in registry.methods


@pytest.mark.slow
def test_the_commands_work_in_the_order_of_the_page(tmp_path: Path, shared_cache: Path) -> None:
    (tmp_path / "my_cosine.py").write_text(CODE)
    blocks = re.findall(r"^```console\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 5
    # One seed shows that they work, where the page runs all; tests/cli/test_check.py checks methods.
    commands = [
        f"{line} --seed 0" if line.startswith("suite run") else line
        for block in blocks
        for line in block.splitlines()
        if not line.startswith("suite check")
    ]
    done = subprocess.run(
        ["bash", "-eux", "-c", "\n".join(commands)],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "SUITE_HOME": str(tmp_path / "home"),
            "SUITE_CACHE": str(shared_cache),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"my-cosine .centred=True", done.stdout)
    assert (tmp_path / "my-idea" / "my_idea.py").is_file()
