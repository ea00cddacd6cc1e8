"""What a submission says: who, which methods, on which tasks, with which claims. The model behind the JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from suite.contracts import Card
from suite.store.submission.words import (
    Archive,
    Contact,
    Digest,
    Distribution,
    Line,
    MethodName,
    Metric,
    Orcid,
    Paper,
    Slug,
    Spdx,
    TaskName,
    Title,
    Version,
)

FORMAT = 1
"""The version of the format; raised when an older suite would misread it."""

Setting = Annotated[dict[Slug, Line], Field(max_length=20)]
Parameter = Annotated[str, Field(max_length=150, pattern=r"^[a-z0-9][a-z0-9./-]*\.[A-Za-z_][A-Za-z0-9_]*$")]
Seed = Annotated[int, Field(ge=0, lt=2**31)]


class Part(BaseModel):
    """A part of a submission: nothing unknown, nothing converted, no infinite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Author(Part):
    """Who made it."""

    name: Title
    affiliation: Line = ""
    orcid: Orcid | None = None


class Source(Part):
    """The archive of a distribution that no index has: a wheel of pure Python, so that nothing has to be built."""

    file: Archive = Field(description="path in the folder, as source/NAME-1.0-py3-none-any.whl")
    sha256: Digest


class Declared(Part):
    """What a method's class declares: the board shows it where the method is not installed."""

    card: Card
    needs: tuple[Line, ...] = Field((), max_length=20, description="access that it cannot do without")
    uses: tuple[Line, ...] = Field((), max_length=20)
    standing: Literal["ranked", "reference"] = "ranked"
    parameters: dict[Line, Any] = Field({}, max_length=100, description="the defaults")


class Package(Part):
    """Methods of one version of a distribution."""

    distribution: Distribution = Field(description="name by which pip installs it")
    version: Version
    names: tuple[MethodName, ...] = Field(min_length=1, max_length=500, description="its methods, as track/name")
    source: Source | None = Field(None, description="where the distribution is, if no index has it")
    declared: dict[MethodName, Declared] = Field({}, max_length=500, description="what its methods declare")


class Runs(Part):
    """What was run, or is to be run: a task with settings, methods, parameters and seeds."""

    task: TaskName
    settings: tuple[Setting, ...] = Field(({},), min_length=1, max_length=500, description="{} is the default one")
    methods: tuple[MethodName, ...] = Field((), max_length=500, description="all of the task's track if not given")
    parameters: dict[Parameter, bool | int | float | Line] = Field({}, max_length=100, description="by METHOD.NAME")
    seeds: tuple[Seed, ...] = Field((), max_length=100, description="the task's own if not given")


class Claim(Part):
    """A number that the authors state, in the metric's own unit: a share lies in 0..1."""

    task: TaskName
    setting: Setting = {}
    method: MethodName
    metric: Metric
    subset: Title
    value: float = Field(description="mean over the seeds")
    tolerance: float = Field(ge=0, description="by how much the value may be another when it is measured again")


class Results(Part):
    """Results that lie in the folder ``results``. The manifest has the sha256 of every other file."""

    manifest: Digest = Field(description="sha256 of results/manifest.json")


class Submission(Part):
    """A submission to Basin Suite, as submission.yaml has it."""

    format: Literal[1]
    name: Slug = Field(description="name of the folder, too")
    title: Title
    tier: Literal["results", "code"] = Field(description="results: they are checked; code: the method can be run, too")
    methods: tuple[Package, ...] = Field(min_length=1, max_length=100)
    runs: tuple[Runs, ...] = Field(min_length=1, max_length=500)
    authors: tuple[Author, ...] = Field(min_length=1, max_length=200)
    paper: Paper | None = Field(None, description="https address or DOI")
    licence: Spdx = Field(description="of method and results, as SPDX writes it")
    contact: Contact = Field(description="mail or https address of somebody who answers")
    claims: tuple[Claim, ...] = Field((), max_length=1000)
    results: Results | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every method, as track/name."""
        return tuple(name for package in self.methods for name in package.names)

    def methods_of(self, runs: Runs) -> tuple[str, ...]:
        """Return the methods of an entry of ``runs``: those that it names, or all of the task's track."""
        track = runs.task.partition("/")[0]
        return runs.methods or tuple(name for name in self.names if name.partition("/")[0] == track)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Submission:
        names, tasks = self.names, {runs.task for runs in self.runs}
        if len(set(names)) < len(names):
            raise ValueError(f"methods: {_twice(names)} is named twice")
        if unknown := sorted({name for package in self.methods for name in package.declared} - set(names)):
            raise ValueError(f"methods: {unknown[0]} is declared, but is not one of its methods")
        if self.tier == "results" and self.results is None:
            raise ValueError("results: the tier is results, but there are no results")
        for number, runs in enumerate(self.runs):
            if unknown := sorted(set(runs.methods) - set(names)):
                raise ValueError(f"runs.{number}: {unknown[0]} is not one of its methods")
            if not self.methods_of(runs):
                raise ValueError(f"runs.{number}: none of its methods belongs to the track of {runs.task}")
            if len(set(runs.seeds)) < len(runs.seeds):
                raise ValueError(f"runs.{number}: seed {_twice(runs.seeds)} is named twice")
        for number, claim in enumerate(self.claims):
            if claim.task not in tasks or claim.method not in names:
                raise ValueError(f"claims.{number}: its task or method is not in the submission")
        return self


def _twice(values: tuple[Any, ...]) -> Any:
    return next(value for place, value in enumerate(values) if value in values[:place])
