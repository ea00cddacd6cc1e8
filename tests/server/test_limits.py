"""Rates and sizes: what is too much is refused before it costs anything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from suite.server.app import create_app
from suite.server.limits import network
from suite.settings import Settings

from .conftest import LIMITS

Bearer = Callable[..., dict[str, str]]
Serve = Callable[..., TestClient]


def waiting(home: Settings) -> int:
    return len(list(home.intake_folder.glob("*"))) if home.intake_folder.is_dir() else 0


def test_requests_of_one_address_are_counted(serve: Serve) -> None:
    client = serve(replace(LIMITS, requests_per_minute=3))
    assert [client.get("/healthz").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    answer = client.get("/api/submissions")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_uploads_are_counted_by_holder_not_by_token(serve: Serve, bearer: Bearer) -> None:
    client = serve(replace(LIMITS, uploads_per_hour=2))
    ada = [bearer("ada"), bearer("ada")]
    sent = [client.post("/api/submissions", content=bytes([n]), headers=ada[n % 2]).status_code for n in range(4)]
    assert sent == [201, 201, 429, 429]
    assert client.post("/api/submissions", content=b"x", headers=bearer("ben")).status_code == 201
    assert client.get("/api/submissions", headers=ada[0]).status_code == 200


def test_wrong_tokens_of_one_address_are_counted(serve: Serve, bearer: Bearer) -> None:
    client = serve(replace(LIMITS, wrong_tokens_per_minute=3))
    wrong = {"Authorization": "Bearer basin_" + "a" * 43}
    assert [client.get("/api/submissions", headers=wrong).status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    assert client.get("/api/submissions", headers=bearer()).status_code == 429  # nobody learns which one was right


def test_who_has_too_much_waiting_waits(serve: Serve, bearer: Bearer, home: Settings) -> None:
    client = serve(replace(LIMITS, waiting_of_holder=2, waiting=3))
    ada, ben = bearer("ada"), bearer("ben")
    assert [client.post("/api/submissions", content=bytes([n]), headers=ada).status_code for n in range(3)] == [
        201,
        201,
        429,
    ]
    assert [client.post("/api/submissions", content=bytes([n]), headers=ben).status_code for n in range(2)] == [
        201,
        503,
    ]
    assert waiting(home) == 3


def test_a_length_that_is_too_large_is_refused_at_once(client: TestClient, bearer: Bearer, home: Settings) -> None:
    headers = bearer() | {"Content-Length": str(10**12)}
    assert client.post("/api/submissions", content=b"x", headers=headers).status_code == 413
    assert waiting(home) == 0


def test_an_upload_is_cut_off_while_it_comes(client: TestClient, bearer: Bearer, home: Settings) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            yield b"x" * 1000

    assert client.post("/api/submissions", content=endless(), headers=bearer()).status_code == 413
    assert waiting(home) == 0


def test_no_more_of_a_large_upload_is_read_than_the_cap(home: Settings, bearer: Bearer) -> None:
    read = 0

    async def receive() -> dict[str, object]:
        nonlocal read
        read += 1000
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    answers = asyncio.run(_call(home, bearer(), receive))
    assert answers[0]["status"] == 413
    assert read <= LIMITS.upload_bytes + 2000


def test_an_upload_that_dawdles_is_ended(home: Settings, bearer: Bearer) -> None:
    async def receive() -> dict[str, object]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    answers = asyncio.run(_call(home, bearer(), receive, upload_seconds=0.2))
    assert answers[0]["status"] == 408
    assert waiting(home) == 0


def test_who_hangs_up_leaves_nothing_behind(home: Settings, bearer: Bearer) -> None:
    pieces = iter([{"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> dict[str, object]:
        return next(pieces)

    asyncio.run(_call(home, bearer(), receive))
    assert waiting(home) == 0


async def _call(home: Settings, headers: dict[str, str], receive: Callable[[], object], **limits: float) -> list[dict]:
    app = create_app(home, replace(LIMITS, **limits))  # type: ignore[arg-type]
    answers: list[dict] = []

    async def send(message: dict) -> None:
        answers.append(message)

    raw = [(name.lower().encode(), value.encode()) for name, value in {"Host": "localhost", **headers}.items()]
    scope = {
        **{"type": "http", "http_version": "1.1", "method": "POST", "path": "/api/submissions", "query_string": b""},
        **{"headers": raw, "client": ("127.0.0.1", 1), "server": ("localhost", 80), "scheme": "http", "root_path": ""},
    }
    await app(scope, receive, send)  # type: ignore[arg-type]
    return answers


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("-", "-"),
        ("x" * 5, "xxxxx"),
    ],
)
def test_an_ipv6_network_counts_as_one_address(address: str, counted: str) -> None:
    assert network(address) == counted
