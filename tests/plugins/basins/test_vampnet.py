"""VAMPnet: there where deeptime is, unknown where it is not."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest

from suite.plugins import basins


def registered(monkeypatch: pytest.MonkeyPatch, installed: bool) -> list[str]:
    monkeypatch.setattr(basins, "find_spec", lambda name: object() if installed else None)
    found: list[str] = []
    basins.suite_register_methods(found.append)
    return found


def test_it_is_registered_where_deeptime_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "suite.plugins.basins.vampnet" in registered(monkeypatch, installed=True)
    assert not [name for name in registered(monkeypatch, installed=False) if "vampnet" in name]


@pytest.mark.skipif(find_spec("deeptime") is None, reason="install it with: pip install 'basin-suite[test]'")
def test_it_finds_the_basins(case: Any) -> None:
    from suite.plugins.basins.vampnet import VAMPnet

    given = case("warp", system="double-well", counted=True)
    assert given.ari(VAMPnet()) > 0.9
    with pytest.raises(ValueError, match="24 frames have no lag of 24"):
        given.found(VAMPnet(lag=24))
