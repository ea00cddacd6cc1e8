"""The built-in tasks of the quantization track."""

from __future__ import annotations

from collections.abc import Callable

from suite.hookspecs import hookimpl

TASKS = (
    "cifar10_vit:CIFAR10ViTGridTask",
    "cifar10_vit:CIFAR10ViTTask",
    "cifar10_vit:CIFAR10ViTW8A8Task",
    "digits_vit:DigitsViTTask",
    "imagenet:DeiTSmallTask",
    "imagenet:DeiTTinyTask",
    "imagenet:SwinTinyTask",
)


@hookimpl
def suite_register_tasks(register: Callable[[str], None]) -> None:
    """Register every task of this folder."""
    for task in TASKS:
        register(f"{__name__}.{task}")
