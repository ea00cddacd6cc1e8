"""What the server says before the app runs."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from suite.leaderboard.shell import Shell


async def anything(request: object) -> HTMLResponse:
    """As Streamlit does: one page for every path."""
    return HTMLResponse("<title>Streamlit</title>")


async def api(request: object) -> JSONResponse:
    return JSONResponse({"fine": True})


@pytest.fixture(params=["", "/below"])
def client(request: pytest.FixtureRequest) -> tuple[TestClient, str]:
    routes = [
        Route("/api/page", anything),
        Route("/data.json", api),
        Route("/{path:path}", anything, methods=["GET", "POST"]),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Shell, base=request.param)])
    return TestClient(app, follow_redirects=False), request.param


def test_every_page_has_its_title_and_our_icon(client: tuple[TestClient, str]) -> None:
    get, base = client[0].get, client[1]
    assert "<title>Basin Suite</title>" in get(f"{base}/").text
    answer = get(f"{base}/board?task=ood/digits")
    assert answer.status_code == 200
    assert "<title>Leaderboard · Basin Suite</title>" in answer.text
    assert '<meta name="description"' in answer.text
    assert "icon.svg" in answer.text
    assert "gstatic" not in answer.text
    assert get(f"{base}/icon.svg").headers["content-type"].startswith("image/svg")


def test_what_is_no_page_is_not_found(client: tuple[TestClient, str]) -> None:
    get, base = client[0].get, client[1]
    for path in ("/anything", "/board/deep", "/index.php"):
        answer = get(f"{base}{path}")
        assert answer.status_code == 404
        assert "Not found" in answer.text
        assert "Streamlit" not in answer.text
    assert client[0].post(f"{base}/anything").status_code == 200  # not ours to judge


def test_the_api_and_what_is_no_page_of_html_are_left_alone(client: tuple[TestClient, str]) -> None:
    assert client[0].get("/data.json").json() == {"fine": True}
    if not client[1]:
        assert client[0].get("/api/page").status_code == 200


def test_former_addresses_lead_to_the_table(client: tuple[TestClient, str]) -> None:
    get, base = client[0].get, client[1]
    for path in ("/?task=ood%2Fdigits&q=knn", "/track?task=ood%2Fdigits&q=knn"):
        answer = get(f"{base}{path}")
        assert answer.status_code == 308
        assert answer.headers["location"] == f"{base}/board?task=ood%2Fdigits&q=knn"
    assert get(f"{base}/?q=knn").status_code == 200  # a search


def test_robots_may_read_the_pages(client: tuple[TestClient, str]) -> None:
    answer = client[0].get(f"{client[1]}/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "User-agent" in answer.text
