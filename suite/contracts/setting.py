"""Settings: the conditions under which a task asks. Each is a question of its own, and ranked by itself."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from suite.errors import SuiteError, did_you_mean

TRIED, LARGEST = 2_000, 10_000_000
"""How many numbers are tried, and below which, to say in words which of them a pattern takes."""


@dataclass(frozen=True)
class Axis:
    """A condition that a task varies. Methods are run, tuned and ranked under each value by itself.

    The first value is the default. Identities leave it out, so that a task can gain an axis and keep its results;
    another default takes a new version of the task.

    Attributes:
        name: as ``precision``; also the name of the option's key and of the leaderboard's box.
        values: those that ``--all-settings`` runs, the default first.
        gives: by value, the access that methods have beyond what the task always gives.
        pattern: a regular expression; further values that match it as a whole may be asked for.
        about: one sentence on what the axis varies.
        words: which values the pattern takes, for who asks for another; whole numbers in a row need none.
    """

    name: str
    values: tuple[str, ...]
    gives: Mapping[str, frozenset[str]] = field(default_factory=dict)
    pattern: str = ""
    about: str = ""
    words: str = ""

    @property
    def default(self) -> str:
        """The value that is meant where none is named."""
        return self.values[0]

    def accepts(self, value: str) -> bool:
        """Tell whether a value may be asked for."""
        return value in self.values or bool(self.pattern and re.fullmatch(self.pattern, value))

    @property
    def further(self) -> str:
        """Which values beyond ``values`` may be asked for, in words, if there is a pattern."""
        if self.words:
            return self.words
        known = next((number for number in range(TRIED) if self._takes(number)), None)
        if known is None:
            return "another that is written alike"
        last, beyond = known, LARGEST
        while beyond - last > 1:
            middle = (last + beyond) // 2
            last, beyond = (middle, beyond) if self._takes(middle) else (last, middle)
        tried = (*range(TRIED), *range(TRIED, LARGEST, LARGEST // TRIED))
        if all(self._takes(number) == (known <= number <= last) for number in tried):
            return f"another whole number from {known} to {last}"
        return "another that is written alike"

    def _takes(self, number: int) -> bool:
        return re.fullmatch(self.pattern, str(number)) is not None


class Setting(Mapping[str, str]):
    """One combination of values, by axis: ``Setting({"precision": "W8A8"})``. Cannot be changed; may be a key."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = dict(values or {})

    def __getitem__(self, axis: str) -> str:
        return self._values[axis]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __str__(self) -> str:
        return ", ".join(f"{axis}={value}" for axis, value in self._values.items())

    def __repr__(self) -> str:
        return f"Setting({self._values!r})"


def complete(axes: Sequence[Axis], values: Mapping[str, str], *, task: str) -> Setting:
    """Return the setting of these values, with the default on every axis that they leave out.

    Raises:
        SuiteError: an axis or a value is unknown.
    """
    known = {axis.name: axis for axis in axes}
    for name, value in values.items():
        place, command = f"the setting {name}={value} of {task}", f"suite tasks show {task}"
        if name not in known:
            raise SuiteError(f"{task} has no axis {name!r}.{did_you_mean(name, known)}", place=place, next=command)
        if not known[name].accepts(value):
            allowed = ", ".join(known[name].values)
            more = f", or {known[name].further}" if known[name].pattern else ""
            about = f". {known[name].about}" if known[name].about else ""
            raise SuiteError(
                f"{value!r} is not a value of {name}. The values are {allowed}{more}{about}", place=place, next=command
            )
    return Setting({axis.name: values.get(axis.name, axis.default) for axis in axes})


def every_setting(axes: Sequence[Axis]) -> tuple[Setting, ...]:
    """Return every combination of the axes' values, that of the defaults first; the empty one without axes."""
    names = [axis.name for axis in axes]
    return tuple(
        Setting(dict(zip(names, values, strict=True))) for values in itertools.product(*(axis.values for axis in axes))
    )


def beyond_defaults(axes: Sequence[Axis], setting: Mapping[str, str]) -> dict[str, str]:
    """Return the values of a complete setting that are not the defaults: those that an identity has."""
    return {axis.name: setting[axis.name] for axis in axes if setting[axis.name] != axis.default}


def given_by(axes: Sequence[Axis], setting: Mapping[str, str]) -> frozenset[str]:
    """Return the access that a setting gives beyond what its task always gives."""
    return frozenset[str]().union(*(axis.gives.get(setting[axis.name], frozenset()) for axis in axes))
