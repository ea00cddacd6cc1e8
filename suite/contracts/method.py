"""Methods: what every plugin class declares, whatever its track."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)

from suite.contracts.card import Card
from suite.errors import SuiteError, did_you_mean
from suite.hashing import canonical_json
from suite.validation import wrong_value

P = TypeVar("P", bound="Method")
Standing = Literal["ranked", "reference"]


class Parameters(BaseModel):
    """Base of a method's typed parameters; every field has a default, the paper's where there is one.

    As JSON, a set is a list in an order of its own: what it holds is part of a cell's identity, and Python's order of
    texts differs from process to process.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def typed(cls, name: str, text: str) -> Any:
        """Return the value that a typed text means.

        Of these it is the first that is valid: what the text is as JSON (``[1, 2]``, ``null``), the text itself,
        nothing if it is ``none``, the parts of ``1,2,3`` as a list, those of ``a:1,b:2`` as a mapping. If none is, that
        comes back of which the error is deepest, so that it names what is wrong in it.
        """
        meanings = list(_meanings(text))
        depths = [cls._depth_of_error(name, value) for value in meanings]
        return meanings[depths.index(None) if None in depths else depths.index(max(filter(None, depths)))]

    @classmethod
    def _depth_of_error(cls, name: str, value: Any) -> int | None:
        """Return how many names lead to what is wrong with a value; None if it is valid."""
        try:
            cls(**{name: value})
        except ValidationError as error:
            return len(error.errors()[0]["loc"])
        return None

    @model_serializer(mode="wrap")  # with when_used="json" include and exclude are ignored before pydantic 2.14
    def _canonical(self, dumped: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        values: dict[str, Any] = dumped(self)
        if info.mode != "json":
            return values
        return {name: _ordered(getattr(self, name), value) for name, value in values.items()}


def as_text(value: Any) -> str:
    """Return the text that `Parameters.typed` takes for a value of JSON: itself, or a text as it is if that is none."""
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        json.loads(value)
    except ValueError:
        return value
    return json.dumps(value)


def _meanings(text: str) -> Iterator[Any]:
    """Yield what a typed text may mean, the likeliest first."""
    meant = _meant(text)
    yield from (text,) if meant is text else (meant, text)
    if isinstance(meant, list | dict):
        return
    if text.lower() == "none":
        yield None
    parts = [part.strip() for part in text.split(",")]
    pairs = [part.partition(":") for part in parts]
    if all(name and colon and value for name, colon, value in pairs):
        yield {name.strip(): _meant(value.strip()) for name, _, value in pairs}
    yield [_meant(part) for part in parts if part]


def _meant(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _ordered(value: Any, dumped: Any) -> Any:
    """Return what a value was dumped as, with the sets inside it sorted."""
    if isinstance(value, BaseModel):
        return {name: _ordered(getattr(value, name), inner) for name, inner in dumped.items()}
    if isinstance(value, Mapping):
        return {key: _ordered(*inner) for key, *inner in zip(dumped, value.values(), dumped.values(), strict=True)}
    if isinstance(value, AbstractSet | tuple | list):
        inside = [_ordered(*inner) for inner in zip(value, dumped, strict=True)]
        return sorted(inside, key=canonical_json) if isinstance(value, AbstractSet) else inside
    return dumped


_Parameters = Parameters


class Method:
    """Base of every method. A track's contract derives from it, a plugin derives from the track's contract.

    Class attributes to declare: ``name`` (unique within the track), ``version`` (raise it when scores may change) and
    ``card``; ``Parameters`` if there are any. ``track`` comes from the contract.

    Attributes:
        needs: the access that it cannot do without; a task or setting that does not give it declines the method. What
            the contract needs is added, and likewise for ``uses``.
        uses: the access of which it makes something where it is given. Where a setting gives what a method neither
            needs nor uses, the method is not run again.
        standing: ``ranked``, or ``reference`` for controls, bounds and other libraries' code: those are shown with
            their difference to the best, and take no place.
        tour: whether a bare ``suite run`` runs it; false for a method that takes much longer than the others do.
        partners: roles that another method may fill beside it, by parameter, each with the contract of that role.
        grid: the values among which ``suite run --tune`` chooses, by parameter; the first of equally good ones wins.
        formerly: names that it had before, each with the setting that says the same today.
    """

    track: ClassVar[str]
    name: ClassVar[str]
    version: ClassVar[str]
    card: ClassVar[Card]
    needs: ClassVar[frozenset[str]] = frozenset()
    uses: ClassVar[frozenset[str]] = frozenset()
    standing: ClassVar[Standing] = "ranked"
    tour: ClassVar[bool] = True
    partners: ClassVar[Mapping[str, type[Method]]] = {}
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {}
    formerly: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    Parameters: TypeAlias = _Parameters  # none, unless a method has some

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in ("needs", "uses"):
            declared = getattr(cls, name)
            if isinstance(declared, frozenset):  # what else it may be is told when it registers
                inherited = (getattr(base, name) for base in cls.__bases__ if issubclass(base, Method))
                setattr(cls, name, declared.union(*inherited))

    def __init__(self, **parameters: Any) -> None:
        """Validate the parameters; a role's is a method. `SuiteError` names the wrong one and how to list them."""
        place, command = f"{type(self).__module__}.{type(self).__qualname__}", f"suite methods show {self.name}"
        self.beside: dict[str, Method] = {
            role: parameters.pop(role) for role in self.partners if parameters.get(role) is not None
        }
        for role, partner in self.beside.items():
            contract = self.partners[role]
            if not isinstance(partner, contract):
                given = getattr(partner, "name", repr(partner))
                raise SuiteError(
                    f"parameter {role!r} of method {self.name!r}: {given} is not a {contract.__name__}",
                    place=place,
                    next=command,
                )
        try:
            self.parameters: Any = self.Parameters(**parameters)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            hint = self._as_default(field.partition(".")[0]) if field else ""
            raise SuiteError(
                f"parameter {field!r} of method {self.name!r}: {wrong_value(dict(first))}.{hint}",
                place=place,
                next=command,
            ) from None

    def _as_default(self, name: str) -> str:
        """Return how a parameter's default is typed; of none of this name, which one is meant."""
        defaults = self.Parameters().model_dump(mode="json")
        if name not in defaults:
            return did_you_mean(name, [*defaults, *self.partners])
        return f" The default is typed as {name}={shlex.quote(as_text(defaults[name]))}"

    def partner(self, role: str, contract: type[P]) -> P | None:
        """Return the method that fills a role beside this one, which is of the contract; None if none does."""
        partner = self.beside.get(role)
        return partner if isinstance(partner, contract) else None

    @property
    def resolved(self) -> dict[str, Any]:
        """The parameters as JSON has them, and the partners by role, as ``ring`` or ``ring(size=3)``."""
        partners = {role: partner.label for role, partner in self.beside.items()}
        return {**self.parameters.model_dump(mode="json"), **partners}

    @property
    def label(self) -> str:
        """The name, with the parameters that are not the defaults, as ``knn(k=7)``."""
        defaults = self.Parameters().model_dump(mode="json")
        changed = {name: value for name, value in self.resolved.items() if defaults.get(name) != value}
        return self.name + (f"({', '.join(f'{name}={value}' for name, value in changed.items())})" if changed else "")
