"""What a marker asks for."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, model_validator

PRIMARY = "primary"
"""The column that ranks, by this name in a marker."""
BEST = "to the best"
"""The column of differences to the best row, by this name."""


class Request(BaseModel):
    """A table of published results, as the YAML of a marker names it.

    Attributes:
        task: id of a task; columns may name others.
        setting: values of axes; those that are not named have their defaults.
        columns: by heading, or without one: ``METRIC SUBSET``, ``primary``, ``to the best``; with ``TASK: `` before it,
            that of another task.
        methods: labels of rows, or patterns of such; all if none is named. They come in the order of the board.
        rows: in place of methods, rows by heading: ``LABEL``, or ``LABEL | TEXT`` whose text stands for a ``*`` in the
            columns.
        by: an axis whose values stand beside each other, each with all columns.
        stack: an axis whose values stand below each other, in a first column.
        values: those of the axis that are shown, in this order; all if none is named.
        against: label of a row to which each other one has its difference in the first column, by pairs of seeds, and
            on how many seeds it is better.
        seeds: ``each`` shows the value of every seed in place of mean and interval.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: str
    setting: dict[str, str] = {}
    columns: list[str] | dict[str, str] = [PRIMARY]
    methods: list[str] = []
    rows: dict[str, str] = {}
    by: str = ""
    stack: str = ""
    values: list[str] = []
    against: str = ""
    seeds: str = "together"

    @model_validator(mode="after")
    def _fits_together(self) -> Request:
        if self.by and self.stack:
            raise ValueError("by and stack name an axis each: say one of them")
        if self.methods and self.rows:
            raise ValueError("methods and rows both say what is shown: say one of them")
        if self.against and (self.by or self.stack or self.rows):
            raise ValueError("against compares the rows of one table: leave out by, stack and rows")
        if self.seeds not in ("together", "each"):
            raise ValueError(f"seeds is together or each, and not {self.seeds!r}")
        return self

    @property
    def headed(self) -> dict[str, str]:
        """The columns by their headings."""
        return self.columns if isinstance(self.columns, dict) else {column: column for column in self.columns}
