"""The built-in tasks of the replay track."""

from __future__ import annotations

from collections.abc import Callable

from suite.hookspecs import hookimpl

TASKS = (
    "ddpm:DigitsDDPMTask",
    "ddpm_cifar10:CIFAR10DDPMTask",
    "hopfield:HopfieldTask",
    "outliers:OutliersTask",
    "split_cifar10:SplitCIFAR10DomainOfflineTask",
    "split_cifar10:SplitCIFAR10DomainTask",
    "split_cifar10:SplitCIFAR10OfflineTask",
    "split_cifar10:SplitCIFAR10Task",
    "split_cifar100:SplitCIFAR100Task",
    "split_digits:SplitDigitsTask",
    "split_mnist:SplitMNISTDomainOfflineTask",
    "split_mnist:SplitMNISTDomainTask",
    "split_mnist:SplitMNISTOfflineTask",
    "split_mnist:SplitMNISTTask",
    "stable_diffusion:StableDiffusionTask",
)


@hookimpl
def suite_register_tasks(register: Callable[[str], None]) -> None:
    """Register every task of this folder."""
    for task in TASKS:
        register(f"{__name__}.{task}")
