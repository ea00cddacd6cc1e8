"""The built-in tasks of the OOD track."""

from __future__ import annotations

from collections.abc import Callable

from suite.hookspecs import hookimpl

TASKS = (
    "cifar10:CIFAR10Task",
    "cifar10_full_spectrum:CIFAR10FullSpectrumTask",
    "cifar100:CIFAR100Task",
    "cifar6:CIFAR6Task",
    "digits:DigitsTask",
    "digits_shift:DigitsShiftTask",
    "imagenet:ImageNetTask",
    "imagenet:ImageNetViTTask",
    "mnist:MNISTTask",
)


@hookimpl
def suite_register_tasks(register: Callable[[str], None]) -> None:
    """Register every task of this folder."""
    for task in TASKS:
        register(f"{__name__}.{task}")
