"""Reading YAML that may come from anybody: plain values only, each key once, no tags, anchors or aliases.

Numbers, ``true``, ``false`` and ``null`` are what JSON means by them; all else is text, as ``no`` and ``2026-01-01``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import yaml

LARGEST = 256 * 2**10
"""Bytes of a file at most."""
DEPTH, EVENTS = 12, 20_000

Path = tuple[str | int, ...]


class Unreadable(ValueError):
    """The text is not what is read here; the message says why, ``line`` where."""

    def __init__(self, cause: str, line: int = 1) -> None:
        super().__init__(cause)
        self.line = line


@dataclass(frozen=True)
class Document:
    """What a file says, and in which line each part of it begins."""

    value: Any
    lines: dict[Path, int]


class _Plain(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML has no types
    """Knows the scalars of JSON alone. Only its parser is used: no object is ever constructed."""

    yaml_implicit_resolvers: dict[str, Any] = {}


_INTEGER, _NUMBER = r"[-+]?\d{1,18}", r"[-+]?(?:\d{1,30}\.\d{0,30}|\.\d{1,30}|\d{1,30})(?:[eE][-+]?\d{1,4})?"
for _tag, _pattern, _first in (
    ("null", r"(?:null|~|)", ["n", "~", ""]),
    ("bool", r"(?:true|false)", ["t", "f"]),
    ("int", _INTEGER, list("-+0123456789")),
    ("float", _NUMBER, list("-+.0123456789")),
):
    _Plain.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^{_pattern}\Z"), _first)


class _Writer(yaml.SafeDumper):  # type: ignore[misc]
    """Quotes every text that our reader, or another one, would take for something else; writes no aliases."""

    yaml_implicit_resolvers = {
        first: [*yaml.SafeDumper.yaml_implicit_resolvers.get(first, []), *_Plain.yaml_implicit_resolvers.get(first, [])]
        for first in {*yaml.SafeDumper.yaml_implicit_resolvers, *_Plain.yaml_implicit_resolvers}
    }

    def ignore_aliases(self, data: Any) -> bool:
        """Write every part out."""
        return True


def text_of(value: Any) -> str:
    """Return plain data as YAML, which `parse` reads as the same."""
    return str(yaml.dump(value, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=110))


def parse(content: bytes) -> Document:
    """Return what YAML says.

    Raises:
        Unreadable: it is too large, no YAML, or holds what is not read here.
    """
    if len(content) > LARGEST:
        raise Unreadable(f"it is larger than {LARGEST // 2**10} KiB")
    try:
        text = content.decode()
        _check_events(text)
        node = yaml.compose(text, Loader=_Plain)
    except UnicodeDecodeError:
        raise Unreadable("it is not UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(f"it is not YAML: {error.problem or error.context}", mark.line + 1 if mark else 1) from None
    except yaml.YAMLError as error:  # a character that YAML forbids
        raise Unreadable(f"it is not YAML: {getattr(error, 'reason', 'a character that it forbids')}") from None
    lines: dict[Path, int] = {}
    return Document(_value(node, (), lines), lines)


def _check_events(text: str) -> None:
    """Look through the text piece by piece, before anything is made of it."""
    depth = documents = 0
    for number, event in enumerate(yaml.parse(text, Loader=_Plain)):
        line = event.start_mark.line + 1
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable("it has an anchor or an alias (& or *): write the text twice", line)
        if getattr(event, "tag", None):
            raise Unreadable("it has a tag (!): use plain values only", line)
        if documents > 1:
            raise Unreadable("it has several documents", line)
        if depth > DEPTH or number > EVENTS:
            raise Unreadable(f"it is nested deeper than {DEPTH}, or has more than {EVENTS} parts", line)


def _value(node: Any, path: Path, lines: dict[Path, int]) -> Any:
    if node is None:
        return None
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, (*path, number), lines) for number, each in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    kind = node.tag.rpartition(":")[2]
    if kind == "float" and not math.isfinite(float(node.value)):
        raise Unreadable("a number is NaN or infinite", lines[path])
    if kind == "bool":
        return bool(node.value == "true")
    if kind == "null":
        return None
    return int(node.value) if kind == "int" else float(node.value) if kind == "float" else str(node.value)


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise Unreadable("a key is not text", line)
        if key.value in found:
            raise Unreadable(f"the key {key.value[:80]!r} is there twice", line)
        found[key.value] = _value(value, (*path, key.value), lines)
        lines[*path, key.value] = line
    return found
