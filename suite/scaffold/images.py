"""Images that a task is to be on: looked at once, all of them, before anything is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from suite.contracts import Missing
from suite.data.images import Images
from suite.data.inspection import Inspection, inspect, total
from suite.errors import SuiteError, did_you_mean

SIZES = (8, 16, 32, 64)
"""Heights and widths that images are brought to: the largest that most are not smaller than."""
LEFT_OUT = 0.25
"""Which share of the classes is left out where nobody names any, and there are no images of the first kind."""


@dataclass(frozen=True)
class GivenImages:
    """The images whose classes are told, a folder or a Parquet file, and others beside them.

    Attributes:
        inside: with classes.
        left_out: names of classes that count among the others, as of the first kind that the track names; if none, and
            there are no others of that kind, the last quarter.
        others: further sets by kind, with classes or without; the track says which kinds there are.
        image, label: names of the columns of Parquet files.
    """

    inside: Path
    left_out: tuple[str, ...] = ()
    others: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    image: str = "image"
    label: str = "label"
    seen: dict[bytes, str] = field(default_factory=dict, compare=False)

    def described(self, name: str, kinds: tuple[str, ...]) -> dict[str, Any]:
        """Return what the template is given, after every image was decoded; of the others, each of ``kinds``.

        Raises:
            SuiteError: there are no classes, too few of them, an image cannot be read, or is there twice, or a kind is
                none.
        """
        self._check_kinds(kinds)
        inside = self._looked_at(f"{name}-id", self.inside)
        left_out = self._left_out(inside, kinds)
        paths = {kind: self.others.get(kind, ()) for kind in kinds}
        told = {"these classes, with those that are left out": inside}
        for path in self._paths(kinds):
            told[self._named(path)] = self._looked_at(self._named(path), path)
        self._check_names(name, kinds)
        size = max((size for size in SIZES if size <= inside.median), default=SIZES[0])
        return {
            "path": _literal(str(self.inside.absolute())),
            "columns": "".join(f", {key}={_literal(value)}" for key, value in self._columns.items()),
            "left_out": _tuple([_literal(name) for name in left_out]),
            **{kind: {self._named(path): _literal(str(path.absolute())) for path in paths[kind]} for kind in kinds},
            "size": size,
            "depth": 20 if size >= 32 else 8,
            "classes": len(inside.classes) - len(left_out),
            "told": total(told),
        }

    @property
    def _columns(self) -> dict[str, str]:
        plain = Images(self.inside)
        return {key: value for key in ("image", "label") if (value := getattr(self, key)) != getattr(plain, key)}

    def _looked_at(self, name: str, path: Path) -> Inspection:
        try:
            return inspect(name, Images(path, self.image, self.label).rows(), self.seen)
        except Missing as error:
            raise SuiteError(str(error), place=str(path), next="--from-folder FOLDER") from None

    def _left_out(self, inside: Inspection, kinds: tuple[str, ...]) -> tuple[str, ...]:
        names = list(inside.classes)
        if not names:
            raise SuiteError(
                "the images have no classes. Each class needs a folder. A Parquet file needs a column of labels",
                place=str(self.inside),
                next="make a folder for each class, or give the column: --label-column NAME",
            )
        if unknown := [name for name in self.left_out if name not in names]:
            raise SuiteError(
                f"the images have no class {unknown[0]!r}. Their classes are {', '.join(names[:20])}",
                place="--leave-out",
                next=f"--leave-out {names[-1]}",
            )
        left_out = self.left_out
        if not left_out and not any(self.others.get(kind) for kind in kinds[:1]):
            left_out = tuple(names[-max(1, int(LEFT_OUT * len(names))) :])
        if len(names) - len(left_out) < 2:
            raise SuiteError(
                f"of {len(names)} classes {len(left_out)} are left out. Two or more must stay",
                place=str(self.inside),
                next=f"give the others in a folder of their own: {_options(kinds)}",
            )
        return left_out

    def _named(self, path: Path) -> str:
        return re.sub(r"[^a-z0-9.-]+", "-", path.absolute().stem.lower()).strip("-.") or "set"

    def _paths(self, kinds: tuple[str, ...]) -> list[Path]:
        return [path for kind in kinds for path in self.others.get(kind, ())]

    def _check_kinds(self, kinds: tuple[str, ...]) -> None:
        for kind in self.others:
            if kind not in kinds:
                raise SuiteError(
                    f"{kind!r} is not a kind of other images. The track has {', '.join(kinds) or 'none'}."
                    f"{did_you_mean(kind, kinds)}",
                    place="--other",
                    next=_options(kinds) if kinds else "leave --other out",
                )

    def _check_names(self, name: str, kinds: tuple[str, ...]) -> None:
        names = [self._named(path) for path in self._paths(kinds)]
        for each in names:
            if names.count(each) > 1 or each in ("left-out", f"{name}-id"):
                raise SuiteError(
                    f"two data sets would get the name {each!r}", place="--other", next="rename one of the folders"
                )


def _options(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"--other {kind}=FOLDER" for kind in kinds)


def _literal(text: str) -> str:
    """Return a text as Python has it, in double quotes where it can be."""
    quoted = repr(text)
    return f'"{quoted[1:-1]}"' if quoted[0] == "'" and '"' not in quoted else quoted


def _tuple(items: list[str]) -> str:
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
