"""A server without a socket, and tokens for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from suite.server.app import create_app
from suite.server.limits import Limits
from suite.settings import Settings, load_settings
from suite.store.tokens import Tokens

from ..submit.conftest import packed, registry, shop  # noqa: F401 - fixtures

LIMITS = Limits(upload_bytes=100_000, requests_per_minute=1000, wrong_tokens_per_minute=1000, uploads_per_hour=1000)


@pytest.fixture
def home() -> Settings:
    """Settings of the test's own home."""
    return load_settings()


@pytest.fixture
def serve(home: Settings) -> Callable[..., TestClient]:
    """Return a client of a server with these limits."""

    def start(limits: Limits = LIMITS, address: str = "127.0.0.1") -> TestClient:
        app = create_app(home, limits)
        return TestClient(app, "http://localhost", raise_server_exceptions=False, client=(address, 5000))

    return start


@pytest.fixture
def client(serve: Callable[..., TestClient]) -> TestClient:
    """A client of a server with wide limits."""
    return serve()


@pytest.fixture
def secret(home: Settings) -> Callable[..., str]:
    """Return the secret of a new token."""

    def make(holder: str = "ada", role: str = "submitter") -> str:
        return Tokens(home.database_url).new(holder, role, None)[1]

    return make


@pytest.fixture
def bearer(secret: Callable[..., str]) -> Callable[..., dict[str, str]]:
    """Return the headers of an upload with a new token."""

    def make(holder: str = "ada", role: str = "submitter") -> dict[str, str]:
        return {"Authorization": f"Bearer {secret(holder, role)}", "Content-Type": "application/zip"}

    return make
