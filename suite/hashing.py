"""Canonical JSON and sha256 digests: everything that is cached or identified is named by these."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any


def canonical_json(document: Any) -> str:
    """Return the one JSON text of a document: sorted keys, no spaces, no NaN.

    Raises:
        ValueError: the document holds NaN or infinity.
        TypeError: it holds something that JSON cannot say.
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def digest(document: Any) -> str:
    """Return the sha256 (64 hex digits) of a document's canonical JSON."""
    return text_digest(canonical_json(document))


def text_digest(text: str) -> str:
    """Return the sha256 (64 hex digits) of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def bytes_digest(content: bytes) -> str:
    """Return the sha256 (64 hex digits) of bytes."""
    return hashlib.sha256(content).hexdigest()


def file_digest(path: Path) -> str:
    """Return the sha256 (64 hex digits) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sealed(line: str) -> str:
    """Return a text without line breaks with its sha256 below it, so that a damaged one is told from a whole one."""
    return f"{line}\n{text_digest(line)}"


def unsealed(content: bytes) -> bytes:
    """Return the line of what `sealed` wrote. A line with nothing below is of an earlier version, and taken as it is.

    Raises:
        ValueError: it is not what was written.
    """
    line, found, digest = content.rpartition(b"\n")
    if not found:
        return content
    if bytes_digest(line).encode() != digest:
        raise ValueError("the file has changed since it was written: its sha256 is another one")
    return line
