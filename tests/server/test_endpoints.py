"""The API: who may what, and what is taken."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

import suite.server
from suite.server.endpoints import Endpoints
from suite.server.limits import Limits
from suite.settings import Settings
from suite.store.complaints import Unanswered
from suite.store.tokens import Tokens

Bearer = Callable[..., dict[str, str]]
DESCRIPTION = json.loads((Path(suite.server.__file__).parent / "openapi.json").read_text())


def uploads(home: Settings) -> list[str]:
    return sorted(path.name for path in home.intake_folder.glob("*")) if home.intake_folder.is_dir() else []


def check_schema(answer: object, name: str) -> None:
    Draft202012Validator({"$ref": f"#/components/schemas/{name}", **DESCRIPTION}).validate(answer)


def test_an_upload_waits_under_a_name_of_the_servers_own(client: TestClient, bearer: Bearer, home: Settings) -> None:
    headers = bearer()
    answer = client.post("/api/submissions", content=b"PK...", headers=headers)
    assert answer.status_code == 201
    entry = answer.json()
    check_schema(entry, "Entry")
    assert (entry["state"], entry["place"], entry["holder"], entry["bytes"]) == ("waiting", 1, "ada", 5)
    assert answer.headers["Location"] == f"/api/submissions/{entry['id']}"
    assert client.get(answer.headers["Location"], headers=headers).json() == entry
    assert uploads(home) == [entry["id"]]
    assert (home.intake_folder / entry["id"]).read_bytes() == b"PK..."


def test_the_same_upload_twice_is_one_entry(client: TestClient, bearer: Bearer, home: Settings) -> None:
    headers = bearer()
    first, second = (client.post("/api/submissions", content=b"PK...", headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert len(uploads(home)) == 1


@pytest.mark.parametrize(
    ("method", "path", "least"),
    [
        ("POST", "/api/submissions", "submitter"),
        ("GET", "/api/submissions", "submitter"),
        ("GET", "/api/submissions/ID", "submitter"),
        ("GET", "/api/tokens", "admin"),
        ("DELETE", "/api/tokens/ID", "admin"),
    ],
)
def test_each_endpoint_asks_for_its_role(
    client: TestClient, bearer: Bearer, home: Settings, method: str, path: str, least: str
) -> None:
    roles = ("submitter", "maintainer", "admin")
    for headers in ({}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer basin_" + "a" * 43}):
        answer = client.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        check_schema(answer.json(), "Refusal")
    for role in roles:
        status = client.request(method, path, headers=bearer("ada", role)).status_code
        assert (status == 403) == (roles.index(role) < roles.index(least))
        assert status != 401
    assert uploads(home) == []


def test_one_sees_ones_own_and_a_maintainer_sees_all(client: TestClient, bearer: Bearer) -> None:
    ada, ben, maintainer = bearer("ada"), bearer("ben"), bearer("eve", "maintainer")
    ids = [
        client.post("/api/submissions", content=name, headers=who).json()["id"]
        for name, who in ((b"a", ada), (b"b", ben))
    ]
    assert [client.get(f"/api/submissions/{ids[0]}", headers=who).status_code for who in (ada, ben, maintainer)] == [
        200,
        404,
        200,
    ]
    listed = {
        who["Authorization"]: [
            entry["id"] for entry in client.get("/api/submissions", headers=who).json()["submissions"]
        ]
        for who in (ada, ben, maintainer)
    }
    assert list(listed.values()) == [[ids[0]], [ids[1]], [ids[1], ids[0]]]


def test_a_new_token_of_the_same_holder_sees_what_the_old_one_handed_in(client: TestClient, bearer: Bearer) -> None:
    made = client.post("/api/submissions", content=b"a", headers=bearer("ada")).json()
    assert client.get(f"/api/submissions/{made['id']}", headers=bearer("ada")).json() == made


def test_a_list_comes_in_pages(client: TestClient, bearer: Bearer) -> None:
    headers = bearer()
    for number in range(5):
        client.post("/api/submissions", content=bytes([number]), headers=headers)
    first = client.get("/api/submissions?limit=3", headers=headers).json()
    second = client.get(f"/api/submissions?limit=3&before={first['before']}", headers=headers).json()
    assert [entry["number"] for entry in first["submissions"] + second["submissions"]] == [5, 4, 3, 2, 1]
    assert second["before"] is None
    for entry in first["submissions"]:
        check_schema(entry, "Summary")


@pytest.mark.parametrize(
    "query", ["state=good", "before=-1", "before=x", "limit=0", "limit=201", "limit=²", "before=1e3"]
)
def test_a_wrong_query_is_told(client: TestClient, bearer: Bearer, query: str) -> None:
    answer = client.get(f"/api/submissions?{query}", headers=bearer())
    assert answer.status_code == 422
    check_schema(answer.json(), "Refusal")


@pytest.mark.parametrize("kind", ["", "text/html", "application/x-pickle", "multipart/form-data", "application/zipper"])
def test_another_content_type_is_not_taken(client: TestClient, bearer: Bearer, home: Settings, kind: str) -> None:
    answer = client.post("/api/submissions", content=b"PK", headers=bearer() | {"Content-Type": kind})
    assert (answer.status_code, uploads(home)) == (415, [])


def test_a_body_that_was_compressed_on_the_way_is_not_taken(client: TestClient, bearer: Bearer, home: Settings) -> None:
    answer = client.post("/api/submissions", content=b"PK", headers=bearer() | {"Content-Encoding": "gzip"})
    assert (answer.status_code, uploads(home)) == (415, [])


def test_an_empty_upload_is_refused(client: TestClient, bearer: Bearer, home: Settings) -> None:
    answer = client.post("/api/submissions", content=b"", headers=bearer())
    assert (answer.status_code, uploads(home)) == (422, [])


def test_a_path_of_the_client_is_used_nowhere(client: TestClient, bearer: Bearer, home: Settings) -> None:
    disposition = {"Content-Disposition": 'attachment; filename="../../name.zip"', "X-Filename": "/etc/name"}
    entry = client.post("/api/submissions?name=../x", content=b"PK", headers=bearer() | disposition).json()
    assert uploads(home) == [entry["id"]]
    for path in ("..%2f..%2fsuite.db", "%2e%2e/suite.db", "....//suite.db", "%00", entry["id"].upper()):
        assert client.get(f"/api/submissions/{path}", headers=bearer()).status_code == 404


def test_an_admin_lists_and_revokes_tokens(client: TestClient, bearer: Bearer) -> None:
    ada, admin = bearer("ada"), bearer("eve", "admin")
    tokens = client.get("/api/tokens", headers=admin).json()["tokens"]
    for token in tokens:
        check_schema(token, "Token")
    (mine,) = [token["id"] for token in tokens if token["holder"] == "ada"]
    assert client.delete(f"/api/tokens/{mine}", headers=admin).json()["revoked"]
    assert client.get("/api/submissions", headers=ada).status_code == 401
    assert client.delete("/api/tokens/none", headers=admin).status_code == 404
    assert ada["Authorization"].removeprefix("Bearer ") not in client.get("/api/tokens", headers=admin).text


def test_a_store_that_does_not_answer_is_no_fault_of_the_asker(
    client: TestClient, bearer: Bearer, home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unanswered(*_: object) -> None:
        raise Unanswered("the store does not answer", place=str(home.home), next="suite db status")

    headers = bearer()
    monkeypatch.setattr(Tokens, "of", unanswered)
    answer = client.get("/api/submissions", headers=headers)
    assert answer.status_code == 503
    assert str(home.home) not in answer.text


def test_a_fault_of_the_server_tells_nothing_of_itself(
    client: TestClient, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = bearer()
    monkeypatch.setattr(Tokens, "of", lambda *_: 1 / 0)
    answer = client.get("/api/submissions", headers=headers)
    assert answer.status_code == 500
    assert "division" not in answer.text
    check_schema(answer.json(), "Refusal")


def test_every_answer_keeps_the_browser_in_its_place(client: TestClient) -> None:
    for path in ("/", "/none", "/api/submissions", "/healthz"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in headers


def test_another_method_is_told_which_there_are(client: TestClient) -> None:
    answer = client.put("/api/submissions")
    assert answer.status_code == 405
    assert {method.strip() for method in answer.headers["Allow"].split(",")} == {"GET", "HEAD", "POST"}


def test_another_host_name_is_not_answered(client: TestClient) -> None:
    assert client.get("/", headers={"Host": "attacker.example"}).status_code == 400


def test_the_description_names_every_endpoint(client: TestClient) -> None:
    assert client.get("/api/openapi.json").json() == DESCRIPTION
    routes = Endpoints(None, None, None, Limits()).routes()  # type: ignore[arg-type]
    served = {(route.path, method.lower()) for route in routes for method in route.methods or () if method != "HEAD"}
    described = {(path, method) for path, methods in DESCRIPTION["paths"].items() for method in methods}
    assert described == served - {("/api/openapi.json", "get")}
