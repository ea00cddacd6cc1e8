"""Whether methods of a submission run in a container: as asked, as the settings say, else where one starts."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from suite.run.split.confinement.container import Engine
from suite.settings import Settings
from suite.submit.trusted import trusted_settings

OWN, FOREIGN = "basin-suite", "basin-suite-foreign-norm"


def of(*distributions: str) -> Any:
    return SimpleNamespace(methods=[SimpleNamespace(distribution=each) for each in distributions])


@pytest.mark.parametrize(
    ("asked", "said", "distributions", "device", "starts", "chosen"),
    [
        (None, None, (OWN, FOREIGN), "cpu", True, True),
        (None, None, (FOREIGN,), "cpu", False, False),
        (None, None, (FOREIGN,), "cuda", True, False),
        (None, None, (OWN,), "cpu", True, False),
        (None, False, (FOREIGN,), "cpu", True, False),
        (None, True, (OWN,), "cuda", False, True),
        (False, True, (FOREIGN,), "cpu", True, False),
        (True, False, (OWN,), "cuda", False, True),
    ],
)
def test_the_choice(
    asked: bool | None,
    said: bool | None,
    distributions: tuple[str, ...],
    device: str,
    starts: bool,
    chosen: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = Engine(("podman",), "podman 5.4") if starts else None
    monkeypatch.setattr("suite.submit.trusted.find_engine", lambda: engine)
    monkeypatch.setattr("suite.submit.trusted.device_of", lambda settings: device)
    given: dict[str, Any] = {} if said is None else {"container": said}
    settings = Settings(home=tmp_path, **given)
    made = trusted_settings(settings, of(*distributions), asked)
    assert (made.split, made.container) == ("always", chosen)


def test_no_engine_is_looked_for_where_none_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find() -> Engine:
        raise AssertionError

    monkeypatch.setattr("suite.submit.trusted.find_engine", find)
    assert not trusted_settings(Settings(home=tmp_path, device="cpu"), of(FOREIGN), False).container
