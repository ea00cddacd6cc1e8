"""The card: who made a method, and how sure we may be that this is it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Status = Literal["paper", "authors' code", "reconstruction", "baseline"]

NO_FORMULA = "Reconstruction: the authors' formula was not available."
NO_CODE = "Reconstruction: the authors' code was not available."
"""How the note of a reconstruction starts; then it says what was done instead."""

# Shown in tables and exported to spreadsheets, where these first characters would start a formula.
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^=+\-@\t\x00]")
]


class Card(BaseModel):
    """What the leaderboard says of a method besides its scores.

    ``status`` tells what the implementation follows: the ``paper``, the ``authors' code``, a ``reconstruction`` from
    an abstract because the formula was not available, or a ``baseline`` that nobody claims.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    status: Status
    paper: Text | None = None
    authors: Text | None = None
    year: int | None = Field(default=None, ge=1900, le=2100)
    url: str | None = Field(default=None, pattern=r"^https://[^\s\"'<>]+$", max_length=300)
    note: str = Field(default="", max_length=1000)

    @model_validator(mode="after")
    def _published_work_is_named(self) -> Self:
        if self.status != "baseline" and not (self.paper and self.authors):
            raise ValueError(f"a card with status {self.status!r} must name its paper and authors")
        if self.status == "reconstruction" and not self.note.startswith("Reconstruction:"):
            raise ValueError(
                "the note of a reconstruction must start with 'Reconstruction:' and say what was not available, as "
                f"{NO_FORMULA!r}"
            )
        return self
