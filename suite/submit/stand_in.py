"""Classes that stand for methods of a submission where their code must not be: where cells are planned and recorded."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, create_model

from suite.contracts import Card, Method
from suite.contracts.method import Parameters
from suite.discovery import Plugin
from suite.errors import SuiteError
from suite.registry import Entry, Registry
from suite.store.submission import Submission
from suite.store.submission.document import Package
from suite.submit.describe import CONTRACTS

Name = Annotated[str, Field(max_length=100, pattern=r"^[\w ./@:+-]+$")]
Place = Annotated[str, Field(max_length=200, pattern=r"^suite\.tracks\.[\w.]+:[A-Za-z_]\w*$")]


class Description(BaseModel):
    """What a confined process says of a method. Its code may have written this, so that nothing of it is believed."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    plugin: Name
    distribution: Name
    version: Name
    module: Name
    contracts: Annotated[tuple[Place, ...], Field(min_length=1, max_length=5)]
    partners: dict[Name, Place]
    needs: Annotated[tuple[Name, ...], Field(max_length=20)]
    uses: Annotated[tuple[Name, ...], Field(max_length=20)]
    standing: Literal["ranked", "reference"]
    card: Card
    defaults: Annotated[dict[Name, JsonValue], Field(max_length=100)]
    parameters: Annotated[dict[Name, JsonValue], Field(max_length=100)]


def register(registry: Registry, of: Submission, told: Mapping[str, Any], place: str) -> None:
    """Register a class for each method that was described, with the parameters that it was described with.

    Raises:
        SuiteError: a description is none, or is not what the submission says.
    """
    packages = {name: package for package in of.methods for name in package.names}
    for name, said in told.items():
        try:
            description = Description.model_validate(said)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise _refusal(f"{name} describes itself wrongly: {where}: {first['msg']}", place) from None
        if wrong := _other(name, description, packages[name]):
            raise _refusal(f"{name}: {wrong}", place)
        plugin = Plugin(description.plugin, description.distribution, packages[name].version, place)
        try:
            registry.methods.add(Entry(name, _stand_in(name, description), plugin))
        except (ValueError, LookupError, TypeError) as error:
            raise _refusal(f"{name}: {error}", place) from None


def _other(name: str, said: Description, package: Package) -> str:
    """Return in what a method is not the one that the submission describes."""
    from packaging.utils import canonicalize_name

    if canonicalize_name(said.distribution) != canonicalize_name(package.distribution):
        return f"it comes from {said.distribution}, not from {package.distribution}"
    declared = package.declared.get(name)
    for field in ("needs", "uses", "standing", "card") if declared else ():
        if getattr(said, field) != getattr(declared, field):
            return f"{field} in its code differs from submission.yaml"
    if declared and said.defaults != declared.parameters:
        return "the parameters in its code differ from submission.yaml"
    return ""


def _stand_in(name: str, said: Description) -> type[Method]:
    contracts = tuple(_contract(place) for place in said.contracts)
    track = name.partition("/")[0]
    if any(contract.track != track for contract in contracts):
        raise TypeError(f"its contract belongs to another track than {track!r}")
    fields: dict[str, Any] = {parameter: (Any, value) for parameter, value in said.parameters.items()}
    members: dict[str, Any] = {
        "__module__": said.module,
        "name": name.partition("/")[2],
        "version": said.version,
        "card": said.card,
        "needs": frozenset(said.needs),
        "uses": frozenset(said.uses),
        "standing": said.standing,
        "partners": {role: _contract(place) for role, place in said.partners.items()},
        "Parameters": create_model("Parameters", __base__=Parameters, **fields),
    }
    kind: Any = type(contracts[0])
    made: type[Method] = kind("StandIn", contracts, members)
    made.__abstractmethods__ = frozenset()  # type: ignore[attr-defined] # it is made to be asked, never to be run
    return made


def _contract(place: str) -> type[Method]:
    """Return a contract of the suite's own; no other module is imported."""
    module, _, attribute = place.partition(":")
    assert module.startswith(CONTRACTS)
    contract = getattr(import_module(module), attribute)
    if not isinstance(contract, type) or not issubclass(contract, Method):
        raise TypeError(f"{place} is not a contract")
    return contract


def _refusal(cause: str, place: str) -> SuiteError:
    return SuiteError(
        cause, place=place, next="suite submit check FOLDER; suite methods show METHOD where it is installed"
    )
