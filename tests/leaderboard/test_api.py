"""The API answers with what is built, says when a copy still holds, and has words for what is not there."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from suite.board.artifact import board_folder, load_board
from suite.leaderboard import api

from ..board.conftest import PLUGIN, fill
from ..board.conftest import Store as Home

VARIED, FINE = "demo/varied", {"precision": "fine", "amount": "few"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A store in the home of the server, and no board yet."""
    monkeypatch.setenv("SUITE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SUITE_PLUGINS", str(PLUGIN))
    home = Home(tmp_path / "home")
    fill(home, "alpha", [0.9, 0.92, 0.89, 0.9, 0.91], task=VARIED, setting=FINE)
    fill(home, "beta", [0.8, 0.83, 0.79, 0.8, 0.81], task=VARIED, setting=FINE)
    return home


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=api.routes())) as client:
        yield client


@pytest.fixture
def built(home: Home) -> Home:
    load_board(home.settings, home.registry)
    return home


def test_the_board_leads_to_every_table_in_three_kinds(built: Home, client: TestClient) -> None:
    board = load_board(built.settings, built.registry)
    index = client.get("/api/board").json()
    assert index == board.index.model_dump(mode="json")
    (entry,) = board.entries
    for kind in ("json", "csv", "parquet"):
        answer = client.get(f"/api/table/{index['entries'][0]['file']}.{kind}")
        assert answer.status_code == 200
        assert answer.content == board.file(entry, kind)
    assert [row["method"] for row in csv.DictReader(io.StringIO(client.get(f"/api/table/{entry.file}.csv").text))]
    assert pq.read_table(io.BytesIO(answer.content)).num_rows == 10
    assert answer.headers["content-disposition"] == f'attachment; filename="{entry.file}.parquet"'


def test_the_whole_board_is_what_the_terminal_prints(built: Home, client: TestClient, suite) -> None:
    fill(built, "alpha", [0.9, 0.8], task="demo/plain")
    board = load_board(built.settings, built.registry)
    answer = client.get("/api/board/full")
    whole = answer.json()
    assert whole["tables"] == [table.model_dump(mode="json") for table in board.tables]
    assert len(whole["tables"]) == 2
    assert whole == json.loads(suite.printed("board", "--all-settings", "--format", "json"))
    assert 'filename="board.json"' in answer.headers["content-disposition"]


@pytest.mark.parametrize("path", ["/api/board", "/api/board/full", "/api/table/FILE.json", "/api/run/RUN"])
def test_a_copy_that_holds_is_not_sent_again(built: Home, client: TestClient, path: str) -> None:
    (entry,) = load_board(built.settings, built.registry).entries
    run = built.run("alpha", 0, 0.5)
    path = path.replace("FILE", entry.file).replace("RUN", run)
    first = client.get(path)
    tag = first.headers["etag"]
    for held in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = client.get(path, headers={"If-None-Match": held})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(path, headers={"If-None-Match": '"other"'}).content == first.content
    assert client.head(path).headers["etag"] == tag


def test_text_is_compressed_for_whoever_accepts_it(built: Home, client: TestClient) -> None:
    for path, encoding in (("/api/board", "gzip"), ("/api/board/full", "gzip"), ("/api/table/FILE.parquet", None)):
        (entry,) = load_board(built.settings, built.registry).entries
        path = path.replace("FILE", entry.file)
        plain = client.get(path, headers={"Accept-Encoding": "identity"})
        packed = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert plain.headers.get("content-encoding") is None
        assert packed.headers.get("content-encoding") == encoding
        assert packed.content == plain.content
        assert packed.headers["etag"] == plain.headers["etag"]


def test_the_tag_changes_with_the_board(built: Home, client: TestClient) -> None:
    before = client.get("/api/board").headers["etag"]
    built.run("chance", 0, 0.1, task=VARIED, setting=FINE)
    assert client.get("/api/board").headers["etag"] == before  # the API builds nothing
    load_board(built.settings, built.registry)
    assert client.get("/api/board").headers["etag"] != before


def test_a_run_is_what_show_prints_without_what_tells_of_the_machine(built: Home, client: TestClient, suite) -> None:
    run = built.run("alpha", 0, 0.5)
    shown = json.loads(suite.printed("show", run, "--format", "json"))
    answer = client.get(f"/api/run/{run[:10]}").json()
    assert set(shown) - set(answer) == {"owner", "samples_file", "log_file"}
    assert {name: shown[name] for name in answer} == answer


@pytest.mark.parametrize(
    ("path", "said", "next"),
    [
        ("/api/table/nothing.json", "the board does not have this table", "GET /api/board"),
        ("/api/table/FILE.exe", "the board does not have this table", "GET /api/board"),
        ("/api/table/..%2F..%2Fsuite.json", "the API does not have this address", "GET /api/board"),
        ("/api/run/ffff", "no run starts with 'ffff'", "GET /api/board/full"),
        ("/api/", "the API does not have this address", "GET /api/board"),
        ("/api/boards", "the API does not have this address", "GET /api/board"),
    ],
)
def test_what_is_not_there_is_said_as_json(built: Home, client: TestClient, path: str, said: str, next: str) -> None:
    (entry,) = load_board(built.settings, built.registry).entries
    answer = client.get(path.replace("FILE", entry.file))
    assert (answer.status_code, answer.json()) == (404, {"error": said, "next": next})


def test_the_start_of_several_runs_is_a_conflict(built: Home, client: TestClient) -> None:
    runs = [built.run("alpha", seed, 0.5) for seed in range(17)]  # 16 digits: two start alike
    first = next(run[0] for run in runs if sum(run[0] == other[0] for other in runs) > 1)
    answer = client.get(f"/api/run/{first}")
    assert (answer.status_code, answer.json()["next"]) == (409, "give more of the id")


def test_without_a_board_or_a_store_the_server_says_what_makes_one(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUITE_HOME", str(tmp_path / "nowhere"))
    answer = client.get("/api/board")
    assert (answer.status_code, answer.json()["next"]) == (503, "suite board")
    answer = client.get("/api/run/ffff")
    assert (answer.status_code, answer.json()) == (503, {"error": "there is no store yet", "next": "suite run"})
    assert str(tmp_path) not in answer.text


def test_the_server_is_well_with_and_without_a_board(home: Home, client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "built": None, "ended": None, "trouble": None}
    board = load_board(home.settings, home.registry)
    assert client.get("/healthz").json() == {
        "status": "ok",
        "built": board.index.built,
        "ended": board.entries[0].ended,
        "trouble": None,
    }


def test_the_server_says_why_its_board_is_not_brought_up_to_date(built: Home, client: TestClient) -> None:
    from suite.board.watch import look

    built.writer.close()
    Path(built.settings.home / "suite.db").write_bytes(b"no database at all")
    assert not look(built.settings, built.registry, board_folder(built.settings))
    said = client.get("/healthz").json()
    assert said["built"]
    assert said["trouble"]["error"]
    assert said["trouble"]["next"] == "suite board"  # the terminal's own names the file to move away
    answer = client.get("/api/run/ffff")
    assert answer.status_code >= 400
    assert str(built.settings.home) not in f"{said}{answer.text}"
    assert client.get("/api/board").status_code == 200


def test_requests_build_nothing_and_write_nothing(
    built: Home, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("built in a request")

    monkeypatch.setattr("suite.board.refresh.refresh", refuse)
    monkeypatch.setattr("suite.board.artifact.refresh", refuse)
    folder = board_folder(built.settings)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    (entry,) = client.get("/api/board").json()["entries"]
    assert client.get(f"/api/table/{entry['file']}.csv").status_code == 200
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_a_damaged_file_is_said_and_never_half_sent(built: Home, client: TestClient) -> None:
    (entry,) = client.get("/api/board").json()["entries"]
    path = board_folder(built.settings) / f"{entry['file']}.json"
    path.write_bytes(path.read_bytes()[:-10])
    answer = client.get(f"/api/table/{entry['file']}.json")
    assert (answer.status_code, answer.json()["next"]) == (503, "suite board")
    assert client.get("/api/board/full").status_code == 503


def test_the_app_serves_the_api_compressed_beside_its_pages(built: Home) -> None:
    """The server's own file, as ``streamlit run`` takes it: routes first, then the pages."""
    from streamlit.web.server.app_discovery import discover_asgi_app

    import suite.leaderboard

    file = Path(suite.leaderboard.__file__).with_name("server.py")
    assert discover_asgi_app(file).is_asgi_app
    namespace: dict[str, object] = {"__name__": "server", "__file__": str(file)}
    exec(compile(file.read_text(), str(file), "exec"), namespace)
    with TestClient(namespace["app"]) as client:
        answer = client.get("/api/board", headers={"Accept-Encoding": "gzip"})
        assert answer.json()["format"]
        assert answer.headers["content-encoding"] == "gzip"
        assert client.get("/healthz").json()["status"] == "ok"
        assert client.get("/api/no").status_code == 404
        assert "text/html" in client.get("/").headers["content-type"]
