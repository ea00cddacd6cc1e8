"""What a process has one of, and a method must leave as it was: others run in the same one."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from suite.lazy import torch

ENVIRONMENT = "the environment"
Parts = dict[str, tuple[Callable[[], Any], Callable[[Any], object]]]


def parts() -> Parts:
    """Return how each part is read and put back, by what one calls it.

    Torch's global generator is none of them: protocols seed it.
    """
    return {
        "torch's default dtype": (torch.get_default_dtype, torch.set_default_dtype),
        "torch's default device": (torch.get_default_device, torch.set_default_device),
        "whether torch makes gradients": (torch.is_grad_enabled, torch.set_grad_enabled),
        "torch's number of threads": (torch.get_num_threads, torch.set_num_threads),
        "whether torch is deterministic": (
            torch.are_deterministic_algorithms_enabled,
            torch.use_deterministic_algorithms,
        ),
        "the precision of torch's matrix products": (
            torch.get_float32_matmul_precision,
            torch.set_float32_matmul_precision,
        ),
        "NumPy's global generator": (_numpy_generator, lambda state: np.random.set_state(state)),
        "how NumPy takes numerical errors": (np.geterr, lambda state: np.seterr(**state)),
        "Python's global generator": (random.getstate, random.setstate),
        "the working directory": (os.getcwd, os.chdir),
        ENVIRONMENT: (lambda: dict(os.environ), _put_environment),
    }


@contextmanager
def restored() -> Iterator[list[str]]:
    """Put everything back in the end, and append to the list what had changed."""
    changed: list[str] = []
    known = parts()
    before, modules = {name: read() for name, (read, _) in known.items()}, len(sys.modules)
    try:
        yield changed
    finally:
        if len(sys.modules) > modules:  # some libraries add a variable when they are imported, and rely on it
            before[ENVIRONMENT] = {**os.environ, **before[ENVIRONMENT]}
        for name, (read, put_back) in known.items():
            if read() != before[name]:
                changed.append(name)
                put_back(before[name])


def _numpy_generator() -> Any:
    kind, numbers, *rest = np.random.get_state(legacy=True)
    return (kind, tuple(np.asarray(numbers).tolist()), *rest)  # an array is not equal or different as a whole


def _put_environment(state: dict[str, str]) -> None:
    for name in os.environ.keys() - state.keys():
        del os.environ[name]
    os.environ.update(state)
