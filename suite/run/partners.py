"""Partners: methods by name in the roles beside a method, as a command names them and as a cell's identity has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from suite.contracts import Method
from suite.errors import SuiteError, did_you_mean
from suite.registry import Entry, Registry
from suite.source import source_digest


@dataclass(frozen=True)
class Partner:
    """A method in a role beside another: its entry, and its resolved parameters."""

    entry: Entry[type[Method]]
    parameters: dict[str, Any]

    @cached_property
    def source(self) -> str | None:
        """The hash of its source, as `source_digest` makes it, when it was first asked for."""
        return source_digest(self.entry)


def find_partner(registry: Registry, method: type[Method], role: str, name: str) -> Entry[type[Method]]:
    """Return the entry of the method of this name, which fits the role.

    Raises:
        SuiteError: there is none in the track, or it does not fit.
    """
    contract = method.partners[role]
    fitting = {
        entry.value.name: entry for entry in registry.methods_of(method.track) if issubclass(entry.value, contract)
    }
    if name not in fitting:
        known = f"{method.track}/{name}" in registry.methods
        raise SuiteError(
            f"{name!r} {f'is not a {contract.__name__}' if known else 'is not a method'}.{did_you_mean(name, fitting)}",
            place=f"--set {method.name}.{role}={name}",
            next=f"suite methods show {method.name}",
        )
    return fitting[name]


def partner_objects(registry: Registry, partners: Mapping[str, Mapping[str, Any]]) -> dict[str, Method]:
    """Return the partners by role, each given by ``method`` and ``parameters``."""
    return {role: registry.methods[partner["method"]](**partner["parameters"]) for role, partner in partners.items()}
