"""The audit: what a method keeps in all, its buffer and whatever else it holds on to, in bytes."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from suite.contracts import Remote
from suite.lazy import torch
from suite.tracks.replay.buffer import Buffer

SLACK, SLACK_PER_CLASS = 2048, 64
"""Bytes that a method may keep beside the budget: its parameters, and a few numbers of each class."""

_CODE = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType, property)


class OverBudget(ValueError):
    """A method keeps more than the task allows."""


def kept_bytes(holder: Any, besides: Iterable[torch.Tensor] = ()) -> int:
    """Return the bytes of everything that can be reached from an object's attributes, each counted once.

    Arrays and tensors count with the memory behind them, even where they are views of a part. Classes, functions and
    modules are code and do not count, nor does the memory of the tensors in ``besides``.
    """
    seen = {id(holder)}
    storages = {tensor.untyped_storage().data_ptr() for tensor in besides}
    total = 0
    waiting = gc.get_referents(holder)
    while waiting:
        current = waiting.pop()
        if id(current) in seen or isinstance(current, _CODE):
            continue
        seen.add(id(current))
        if isinstance(current, torch.Tensor):
            storage = current.untyped_storage()
            total += 0 if storage.data_ptr() in storages else storage.nbytes()
            storages.add(storage.data_ptr())
        elif isinstance(current, np.ndarray) and current.base is not None:
            waiting.append(current.base)
        else:
            total += sys.getsizeof(current)
            waiting.extend(gc.get_referents(current))
    return total


def held_by(method: Any, buffer: Buffer) -> int:
    """Return what a method and its partner keep beside the buffer; where they run elsewhere, what is found there."""
    if isinstance(method, Remote):
        return int(method.ask("kept", buffer))
    return kept(method, buffer)


def kept(method: Any, buffer: Buffer) -> int:
    """Return what a method of this process keeps: its partner's too, since it holds the partner."""
    return kept_bytes(method, buffer.columns.values())


def check_budget(name: str, buffer_bytes: int, held: int, budget: int, classes: int) -> None:
    """Hold what a method keeps against the budget.

    Raises:
        OverBudget: the buffer alone, or with what else is held beyond the slack, is larger.
    """
    slack = SLACK + SLACK_PER_CLASS * classes
    beyond = max(0, held - slack)
    if buffer_bytes + beyond > budget:
        raise OverBudget(
            f"{name} keeps {buffer_bytes + beyond:,} bytes. The limit is {budget:,}. The buffer has {buffer_bytes:,}. "
            f"The method has {held:,}, and {slack:,} of these are free"
        )
