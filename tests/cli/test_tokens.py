"""``suite tokens``: the secret goes to standard output alone, once."""

from __future__ import annotations

import json

from ..support.command import Suite


def test_a_token_is_made_listed_and_revoked(suite: Suite) -> None:
    made = suite("tokens", "new", "Ada Lovelace", "--days", "1")
    secret = made.stdout.strip()
    assert secret.startswith("basin_")
    assert secret not in made.stderr
    suite("tokens", "new", "ben", "--role", "admin", "--days", "0")
    listed = suite("tokens", "list", "--format", "json").stdout
    assert secret not in listed
    ada, ben = json.loads(listed)
    assert (ada["holder"], ada["role"], ada["revoked"]) == ("Ada Lovelace", "submitter", None)
    assert (ben["role"], ben["expires"]) == ("admin", None)
    assert "was revoked" in suite("tokens", "revoke", ada["token"]).stdout
    assert json.loads(suite("tokens", "list", "--format", "json").stdout)[0]["revoked"]


def test_a_wrong_holder_is_told(suite: Suite) -> None:
    done = suite("tokens", "new", "<b>")
    assert done.returncode == 2
    assert "cannot name a holder" in done.stderr
