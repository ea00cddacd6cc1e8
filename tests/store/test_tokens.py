"""Tokens: the secret is shown once and kept nowhere; expired and revoked ones are worthless."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from suite.errors import SuiteError
from suite.store.tokens import PREFIX, Tokens
from suite.store.urls import database_file


def test_a_secret_leads_to_its_token_and_to_no_other(url: str) -> None:
    tokens = Tokens(url)
    (one, first), (two, second) = (tokens.new(name, "submitter", 30) for name in ("ada", "ben"))
    assert (tokens.of(first), tokens.of(second)) == (one, two)
    assert first.startswith(PREFIX)
    assert first != second
    for wrong in ("", "x", first[:-1], first + "a", first.upper(), PREFIX + "a" * 43, "é" * 49):
        assert tokens.of(wrong) is None


def test_the_store_never_holds_the_secret(sqlite: str) -> None:
    tokens = Tokens(sqlite)
    _, secret = tokens.new("ada", "admin", None)
    file = database_file(sqlite)
    assert file is not None
    for part in Path(file.parent).iterdir():
        assert secret.removeprefix(PREFIX).encode() not in part.read_bytes()


def test_a_revoked_token_is_worthless_and_keeps_its_first_date(url: str, execute: Callable[..., list[Any]]) -> None:
    tokens = Tokens(url)
    token, secret = tokens.new("ada", "submitter", None)
    revoked = tokens.revoke(token.id)
    assert revoked.revoked is not None
    assert tokens.of(secret) is None
    execute("UPDATE token SET revoked = '2026-01-01 00:00:00'")
    again = tokens.revoke(token.id).revoked
    assert again is not None
    assert again.year == 2026
    assert again.month == 1


def test_an_expired_token_is_worthless(url: str, execute: Callable[..., list[Any]]) -> None:
    tokens = Tokens(url)
    _, secret = tokens.new("ada", "submitter", 1)
    assert tokens.of(secret) is not None
    execute("UPDATE token SET expires = '2026-01-01 00:00:00'")
    assert tokens.of(secret) is None


def test_each_role_may_what_those_before_it_may(url: str) -> None:
    tokens = Tokens(url)
    roles = ("submitter", "maintainer", "admin")
    made = [tokens.new("ada", role, None)[0] for role in roles]
    assert [[token.may(role) for role in roles] for token in made] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


@pytest.mark.parametrize(
    ("holder", "role", "days"),
    [
        ("", "admin", 1),
        ("=1+1", "admin", 1),
        ("a\nb", "admin", 1),
        ("a" * 101, "admin", 1),
        ("<b>", "admin", 1),
        ("ada", "owner", 1),
        ("ada", "admin", 0),
        ("ada", "admin", 100_000),
    ],
)
def test_what_cannot_be_a_token_is_refused(sqlite: str, holder: str, role: str, days: int) -> None:
    tokens = Tokens(sqlite)
    with pytest.raises(SuiteError):
        tokens.new(holder, role, days)
    assert tokens.all() == []


def test_a_token_that_is_not_there_cannot_be_revoked(sqlite: str) -> None:
    with pytest.raises(SuiteError, match="the token '0123' does not exist"):
        Tokens(sqlite).revoke("0123")
