"""Global state that a method changed is named, and put back."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch

from suite.testing.state import parts, restored

CHANGES: dict[str, Callable[[], object]] = {
    "torch's default dtype": lambda: torch.set_default_dtype(torch.float64),
    "torch's default device": lambda: torch.set_default_device("meta"),
    "whether torch makes gradients": lambda: torch.set_grad_enabled(False),
    "torch's number of threads": lambda: torch.set_num_threads(torch.get_num_threads() + 1),
    "whether torch is deterministic": lambda: torch.use_deterministic_algorithms(True),
    "the precision of torch's matrix products": lambda: torch.set_float32_matmul_precision("medium"),
    "NumPy's global generator": lambda: np.random.seed(7),
    "how NumPy takes numerical errors": lambda: np.seterr(all="raise"),
    "Python's global generator": lambda: random.seed(7),
    "the working directory": lambda: os.chdir("/"),
    "the environment": lambda: os.environ.update(SOMETHING="new"),
}


@pytest.mark.parametrize("name", sorted(parts()))
def test_a_change_is_named_and_put_back(name: str) -> None:
    known = {part: read for part, (read, _) in parts().items() if part in (name, "the working directory")}
    before = {part: read() for part, read in known.items()}
    with restored() as changed:
        CHANGES[name]()
    assert name in changed
    assert set(changed) <= {name, "the environment"}  # torch keeps some of its switches there too
    assert {part: read() for part, read in known.items()} == before


def test_it_is_put_back_after_an_exception_too() -> None:
    with pytest.raises(ZeroDivisionError), restored():
        print(torch.set_default_dtype(torch.float64), 1 / 0)
    assert torch.get_default_dtype() is torch.float32


def test_torchs_own_generator_belongs_to_the_protocol() -> None:
    with restored() as changed:
        torch.manual_seed(7)
    assert changed == []


def test_what_a_library_adds_to_the_environment_when_it_is_imported_is_not_the_methods_doing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KEPT", "as it was")
    monkeypatch.delenv("ADDED", raising=False)
    with restored() as changed:
        monkeypatch.setitem(sys.modules, "a_library", sys)
        monkeypatch.setenv("ADDED", "by the library")
    assert changed == []
    assert os.environ["ADDED"] == "by the library"
    with restored() as changed:
        monkeypatch.setitem(sys.modules, "another_library", sys)
        os.environ["KEPT"] = "changed"
    assert changed == ["the environment"]
    assert os.environ["KEPT"] == "as it was"
