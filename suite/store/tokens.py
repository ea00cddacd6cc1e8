"""Tokens: who may hand in submissions, and look after those of others."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.engine import Row

from suite.errors import SuiteError
from suite.store.complaints import translated
from suite.store.engine import reader_engine
from suite.store.opening import in_seconds, now, open_to_write
from suite.store.schema import ROLES, token
from suite.store.urls import shown

PREFIX = "basin_"  # lets scanners of repositories tell a token that was published by mistake
DAY = 24 * 3600
LONGEST = 3650
_FORM = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")
_HOLDER = re.compile(r"\w([\w@.+ -]{0,98}[\w@.+-])?")


@dataclass(frozen=True)
class Token:
    """A token as the store knows it: everything but the secret. Times are UTC."""

    id: str
    holder: str
    role: str
    created: datetime
    expires: datetime | None
    revoked: datetime | None

    def may(self, role: str) -> bool:
        """Return whether the holder may do what this role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


class Tokens:
    """The tokens of a store.

    What is kept is the sha256 of 256 random bits. A slow hash protects passwords, which people choose and others can
    guess; nobody can try 2^256 tokens, and a slow hash would let any stranger keep the server busy.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._writer = open_to_write(url)
        self._reader = reader_engine(url)

    def new(self, holder: str, role: str, days: int | None) -> tuple[Token, str]:
        """Return a new token and its secret, which nobody can ask for again.

        Args:
            holder: whose token it is: letters, digits, spaces and ``@.+-_``, at most 100 signs.
            role: one of `ROLES`.
            days: when it expires; None: never.

        Raises:
            SuiteError: holder, role or days are not of their kind.
        """
        wrong = (
            f"{holder!r} cannot name a holder: use letters, digits, spaces and @.+-_, at most 100 characters"
            if not _HOLDER.fullmatch(holder)
            else f"there is no role {role!r}: it is one of {', '.join(ROLES)}"
            if role not in ROLES
            else f"{days} days is not between 1 and {LONGEST}"
            if days is not None and not 1 <= days <= LONGEST
            else ""
        )
        if wrong:
            raise SuiteError(wrong, place="suite tokens new", next="suite tokens new --help")
        secret = PREFIX + secrets.token_urlsafe(32)
        values = {"id": secrets.token_hex(8), "hash": _digest(secret), "holder": holder, "role": role}
        expires = None if days is None else in_seconds(self._writer, days * DAY)
        with translated(self._url), self._writer.begin() as connection:
            connection.execute(token.insert().values(**values, expires=expires))
            row = connection.execute(select(token).where(token.c.id == values["id"])).one()
        return _token(row), secret

    def of(self, secret: str) -> Token | None:
        """Return the token of a secret, or None if there is none, it has expired, or it was revoked."""
        if not _FORM.fullmatch(secret):
            return None
        valid = (token.c.revoked.is_(None), or_(token.c.expires.is_(None), token.c.expires > now()))
        with translated(self._url), self._reader.connect() as connection:
            row = connection.execute(select(token).where(token.c.hash == _digest(secret), *valid)).one_or_none()
        return None if row is None else _token(row)

    def all(self) -> list[Token]:
        """Return every token that was ever made, the oldest first."""
        query = select(token).order_by(token.c.created, token.c.holder, token.c.id)
        with translated(self._url), self._reader.connect() as connection:
            return [_token(row) for row in connection.execute(query)]

    def revoke(self, identifier: str) -> Token:
        """Make a token worthless from now on; one that was revoked before stays as it is.

        Raises:
            SuiteError: there is no such token.
        """
        with translated(self._url), self._writer.begin() as connection:
            mine = token.c.id == identifier
            connection.execute(update(token).where(mine, token.c.revoked.is_(None)).values(revoked=now()))
            row = connection.execute(select(token).where(mine)).one_or_none()
        if row is None:
            raise SuiteError(
                f"the token {identifier!r} does not exist", place=shown(self._url), next="suite tokens list"
            )
        return _token(row)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _token(row: Row[tuple[object, ...]]) -> Token:
    return Token(**{name: getattr(row, name) for name in Token.__dataclass_fields__})
