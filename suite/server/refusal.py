"""The server's no: a status, and one clear message."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """A request that is not served: HTTP status, why, and what to do next."""

    def __init__(self, status: int, cause: str, *, next: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(cause)
        self.status = status
        self.cause = cause
        self.next = next
        self.headers = dict(headers or {})
