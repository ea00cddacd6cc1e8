"""A plugin file travels with the files that it uses, or is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from suite.errors import SuiteError
from suite.registry import load_registry
from suite.run.executors.ray.parts import plugin_parts

METHOD = """
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import {module}

TABLE = "{table}"
"""


def written(folder: Path, module: str = "beside_of_a_plugin", table: str = "table.txt") -> Path:
    folder.mkdir()
    (folder / "beside_of_a_plugin.py").write_text("VALUE = 1\n")
    (folder / "table.txt").write_text("1 2 3\n")
    (folder / "other.txt").write_text("of no use\n")
    (folder / "plugin.py").write_text(METHOD.format(module=module, table=table))
    return folder / "plugin.py"


def test_a_file_takes_with_it_what_it_imports_and_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path / "one"))
    file = written(tmp_path / "one")
    assert load_registry((file,)).failures == []
    parts = plugin_parts((file,))
    assert {name: len(content) > 0 for name, content in parts[file].items()} == {
        "plugin.py": True,
        "beside_of_a_plugin.py": True,
        "table.txt": True,
    }
    assert next(iter(parts[file])) == "plugin.py"


def test_what_lies_elsewhere_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "far_from_a_plugin.py").write_text("VALUE = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path / "elsewhere"))
    file = written(tmp_path / "two", module="far_from_a_plugin")
    assert load_registry((file,)).failures == []
    with pytest.raises(SuiteError, match=r"uses .*far_from_a_plugin\.py, which is outside of its folder") as caught:
        plugin_parts((file,))
    assert str(file) == caught.value.place
