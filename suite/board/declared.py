"""Methods that are not installed, as their submissions declare them: what a row has to know to take its place."""

from __future__ import annotations

from typing import Any

from pydantic import create_model

from suite.contracts import Method, Parameters
from suite.store.submission.document import Declared


def declared_method(name: str, declared: Declared) -> type[Method]:
    """Return a class that declares what a submission says of the method ``track/name``. It can do nothing."""
    track, _, short = name.partition("/")
    fields: dict[str, Any] = {key: (Any, value) for key, value in declared.parameters.items()}
    members: dict[str, Any] = {
        "__module__": __name__,
        "track": track,
        "name": short,
        "card": declared.card,
        "needs": frozenset(declared.needs),
        "uses": frozenset(declared.uses),
        "standing": declared.standing,
        "Parameters": create_model("Parameters", __base__=Parameters, **fields),
    }
    return type("DeclaredMethod", (Method,), members)
