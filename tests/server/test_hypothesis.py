"""Anything that anybody may send is answered, and never with a fault of the server's."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from suite.settings import Settings

METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")
PATHS = st.sampled_from(("/", "/upload", "/look", "/api/submissions", "/api/tokens", "/api/openapi.json", "/healthz"))
NAMES = st.sampled_from(
    ("Content-Type", "Content-Encoding", "Authorization", "Content-Disposition", "Sec-Fetch-Site", "Accept", "X-Name")
)
VALUES = st.one_of(
    st.sampled_from(
        ("application/zip", "multipart/form-data; boundary=b", "Bearer TOKEN", "Bearer", "identity", "*/*")
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60),
)
PIECES = st.sampled_from(
    (
        *(
            b"--b\r\n",
            b"--b--\r\n",
            b'Content-Disposition: form-data; name="token"\r\n\r\n',
            b"TOKEN\r\n",
            b"\r\n",
            b"PK",
        ),
        *(
            b'Content-Disposition: form-data; name="archive"; filename="x"\r\n\r\n',
            b"Content-Disposition: ",
            b'"; name=',
        ),
    )
)
BODIES = st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=10).map(b"".join))
TAILS = st.one_of(
    st.just(""), st.text(max_size=40), st.sampled_from(("?limit=1", "?state=waiting", "?before=9&limit=0"))
)


@pytest.mark.slow
def test_no_request_is_answered_with_a_fault(client: TestClient, secret: Callable[..., str], home: Settings) -> None:
    tokens = {role: secret("ada", role) for role in ("submitter", "admin")}
    statuses: set[int] = set()

    # What chance need not come upon: a request without a token.
    @example(method="GET", path="/api/tokens", tail="", headers={}, body=b"", role="admin")
    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(
        method=st.sampled_from(METHODS),
        path=PATHS,
        tail=TAILS,
        headers=st.dictionaries(NAMES, VALUES, max_size=5),
        body=BODIES,
        role=st.sampled_from(sorted(tokens)),
    )
    def send(method: str, path: str, tail: str, headers: dict[str, str], body: bytes, role: str) -> None:
        filled = {name: value.replace("TOKEN", tokens[role]) for name, value in headers.items()}
        content = body.replace(b"TOKEN", tokens[role].encode())
        answer = client.request(method, path + quote(tail, safe="/?=&"), headers=filled, content=content)
        assert answer.status_code < 500
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        statuses.add(answer.status_code)

    send()
    assert {200, 401, 404, 405} <= statuses
    left = list(home.intake_folder.glob(".*")) if home.intake_folder.is_dir() else []
    assert left == []
