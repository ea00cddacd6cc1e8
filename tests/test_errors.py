"""The error that users read."""

from __future__ import annotations

import errno
import pickle

import pytest

from suite.errors import Damaged, SuiteError, did_you_mean, first_line, is_machine_failure, is_out_of_memory


def test_it_survives_a_process_border() -> None:
    error = SuiteError("cause", place="place", next="command")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) == "cause\n  at:   place\n  next: command"


def chained(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


class OutOfMemoryError(RuntimeError):
    """Torch's has this name."""


MEMORY = [
    MemoryError(),
    OutOfMemoryError("CUDA out of memory"),
    RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes"),
]
MACHINE = [
    *MEMORY,
    OSError(errno.ENOSPC, "No space left on device"),
    Damaged("another sha256", place="a file", next="restore it"),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate(handle)"),
    RuntimeError("can't start new thread"),
    chained(ValueError("nothing found"), MemoryError()),
]


@pytest.mark.parametrize("error", MACHINE, ids=repr)
def test_a_machines_failure_is_known_in_every_form(error: Exception) -> None:
    assert is_machine_failure(error)
    assert is_out_of_memory(error) == (error in MEMORY)


@pytest.mark.parametrize("error", [ValueError("no"), RuntimeError("singular matrix"), KeyError("memory")], ids=repr)
def test_a_methods_own_failure_is_none_of_the_machine(error: Exception) -> None:
    assert not is_machine_failure(error)


def test_torchs_own_error_on_the_cpu_is_out_of_memory() -> None:
    import torch

    with pytest.raises(RuntimeError) as caught:
        torch.empty(10**15)
    assert is_out_of_memory(caught.value)


def test_suggestions() -> None:
    assert did_you_mean("enrgy", ["energy", "knn"]) == " Did you mean 'energy'?"
    assert did_you_mean("KNN", ["energy", "knn"]) == " Did you mean 'knn'?"
    assert did_you_mean("zzz", ["energy", "knn"]) == ""


@pytest.mark.parametrize(
    ("error", "line"),
    [(KeyError(), "KeyError"), (ValueError("\n one\ntwo"), "one"), (OSError("long " * 99), ("long " * 99)[:200])],
)
def test_the_first_line_of_an_error_is_never_empty(error: Exception, line: str) -> None:
    assert first_line(error) == line


@pytest.mark.parametrize("kind", [SuiteError, Damaged])
def test_an_error_crosses_processes_as_what_it_is(kind: type[SuiteError]) -> None:
    error = pickle.loads(pickle.dumps(kind("broken", place="here", next="mend it")))
    assert type(error) is kind
    assert str(error) == "broken\n  at:   here\n  next: mend it"
