"""Methods: what every plugin class declares, whatever its track."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from suite.contracts.card import Card
from suite.errors import SuiteError, did_you_mean


class Parameters(BaseModel):
    """Base of a method's typed parameters; every field has a default, the paper's where there is one."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Method:
    """Base of every method. A track's contract derives from it, a plugin derives from the track's contract.

    Class attributes to declare: ``name`` (unique within the track), ``version`` (raise it when scores may change) and
    ``card``; ``Parameters`` if there are any. ``track`` comes from the contract, and so does ``league``, which says
    with which other methods of the track this one is ranked. ``grid`` maps parameters to the values among which
    ``suite run --tune`` chooses; the first of equally good ones wins.
    """

    track: ClassVar[str]
    name: ClassVar[str]
    version: ClassVar[str]
    card: ClassVar[Card]
    league: ClassVar[str] = "main"
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {}

    class Parameters(Parameters):
        """No parameters."""

    def __init__(self, **parameters: Any) -> None:
        """Validate the parameters; `SuiteError` names the wrong one and the command that lists them."""
        try:
            self.parameters = self.Parameters(**parameters)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            known = self.Parameters.model_fields
            hint = did_you_mean(field, known) if field not in known else ""
            raise SuiteError(
                f"parameter {field!r} of method {self.name!r}: {first['msg']}.{hint}",
                place=f"{type(self).__module__}.{type(self).__qualname__}",
                next=f"suite methods show {self.name}",
            ) from None
