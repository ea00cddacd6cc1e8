"""The board for programs: JSON, CSV and Parquet beside the pages. It reads what is built, and never builds.

Every handler is a plain function, which Starlette runs in a thread: the event loop, which serves all visitors, does not
wait for a disk or the store.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from suite.board.artifact import last_board
from suite.board.board import Board
from suite.board.export import json_parts
from suite.board.marks import published_origin
from suite.board.watch import trouble
from suite.errors import SuiteError
from suite.settings import load_settings
from suite.store.reading import NoSuchRun, SeveralRuns

from .components.source import archive, shown_command, without_paths
from .worker import served_folder

KINDS = {"json": "application/json", "csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
SMALL = 1000
"""Bytes below which compressing is not worth it."""
_HEADERS = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
"""Whoever keeps a copy asks whether it still holds, by its ETag."""


class Absent(SuiteError):
    """What was asked for is not there: 404. A problem of the server is 503."""


def routes(base: str = "") -> list[Route]:
    """Return the routes for `streamlit.App`; ``base`` is the path below which the app is served."""
    return [
        Route(f"{base}/api/board", _guarded(board)),
        Route(f"{base}/api/board/full", _guarded(full)),
        Route(f"{base}/api/table/{{file}}", _guarded(table)),
        Route(f"{base}/api/run/{{run}}", _guarded(run)),
        Route(f"{base}/api/{{rest:path}}", _guarded(unknown)),
        Route(f"{base}/healthz", health),
    ]


def board(request: Request) -> Response:
    """Answer with the index of the board: every table in short; ``file`` of an entry is its name in ``/api/table/``."""
    return _answer(request, _index(_last()), "json")


def full(request: Request) -> Response:
    """Answer with every table whole, as ``suite board --format json`` prints them.

    Table by table: the whole is never held at once. The index names all contents, so that its stamp is the tag.
    """
    last = _last()
    headers = {**_HEADERS, "ETag": f'W/"{last.index.stamp[:32]}"', "Vary": "Accept-Encoding"}
    if _holds(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    for entry in last.entries:  # what is damaged is said before the first byte is sent
        last.file(entry, "json")
    headers["Content-Disposition"] = 'attachment; filename="board.json"'
    parts: Iterator[bytes] = (part.encode("utf-8", "replace") for part in json_parts(last.index, last.tables))
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        parts = _compressed(parts)
    return StreamingResponse(parts, media_type=KINDS["json"], headers=headers)


def table(request: Request) -> Response:
    """Answer with a file of a table: everything as JSON, a line a row as CSV, every score by seed as Parquet."""
    name, _, kind = request.path_params["file"].rpartition(".")
    everything = _last()
    entry = next((entry for entry in everything.entries if entry.file == name), None)
    if entry is None or kind not in KINDS:
        raise Absent("the board does not have this table", place="/api/table", next="GET /api/board")
    return _answer(request, everything.file(entry, kind), kind, None if kind == "json" else f"{name}.{kind}")


def run(request: Request) -> Response:
    """Answer with a run, by its id or the start of one, as ``suite show RUN --format json`` prints it.

    What would tell of the machine that serves is left out: who ran it, and where the samples lie.
    """
    store = archive()
    try:
        found = store.run(request.path_params["run"])
        again = store.reproductions(found.id)
        owner = None if store.is_own(found) else store.published_as(found)
    finally:
        store.close()
    document = dataclasses.asdict(found)
    del document["owner"]
    document["cell"]["identity"] = json.loads(found.cell.identity)
    document["published"] = published_origin(owner, found).model_dump() if owner else None
    document["reproductions"] = [dataclasses.asdict(each) for each in again]
    return _answer(request, _json(document), "json")


def unknown(request: Request) -> Response:
    """Answer that the API does not have this address."""
    raise Absent("the API does not have this address", place="/api", next="GET /api/board")


def health(request: Request) -> Response:
    """Answer that the server is up, and which board it has: when it was built, and when its newest run ended.

    ``trouble`` says why that board is not brought up to date, if it is not.
    """
    folder = served_folder(load_settings())
    last, why = last_board(folder), trouble(folder)
    ended = max((entry.ended for entry in last.entries if entry.ended), default=None) if last else None
    said: dict[str, Any] = {
        "status": "ok",
        "built": last.index.built if last else None,
        "ended": ended,
        "trouble": None,
    }
    if why:
        cause, command = without_paths(why.cause), shown_command(why.next)
        said["trouble"] = {"error": cause, "next": command, "since": why.since}
    return Response(_json(said), media_type=KINDS["json"], headers={"Cache-Control": "no-store"})


def _last() -> Board:
    last = last_board(served_folder(load_settings()))
    if last is None:
        raise SuiteError("there is no board yet", place="/api", next="suite board")
    return last


@lru_cache(maxsize=2)
def _index(board: Board) -> bytes:
    return _json(board.index.model_dump(mode="json"))


def _answer(request: Request, body: bytes, kind: str, name: str | None = None) -> Response:
    """Answer with a body, or that the copy which the client has still holds.

    It is compressed here, in a thread; the server's own middleware would do so in the event loop. Parquet is already.
    """
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {**_HEADERS, "ETag": f"W/{tag}", "Vary": "Accept-Encoding"}  # weak: the same content, however encoded
    if _holds(request, tag):
        return Response(status_code=304, headers=headers)
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if kind != "parquet" and len(body) >= SMALL and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, compresslevel=6, mtime=0)
    return Response(body, media_type=KINDS[kind], headers=headers)


def _holds(request: Request, tag: str) -> bool:
    """Tell whether the client has a copy of this tag."""
    held = request.headers.get("if-none-match", "").split(",")
    return any(known.strip().removeprefix("W/") in (tag.removeprefix("W/"), "*") for known in held)


def _compressed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Return the parts as one stream of gzip."""
    packer = zlib.compressobj(6, wbits=16 + zlib.MAX_WBITS)
    for part in parts:
        yield packer.compress(part)
    yield packer.flush()


def _guarded(handler: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Turn a problem into its words as JSON. Paths of the server are left out."""

    def answer(request: Request) -> Response:
        try:
            return handler(request)
        except Absent as error:
            return _refusal(404, error.cause, error.next)
        except NoSuchRun as error:  # what lists the runs is the terminal's, which a visitor does not have
            return _refusal(404, without_paths(error.cause), "GET /api/board/full")
        except SeveralRuns as error:
            return _refusal(409, without_paths(error.cause), "give more of the id")
        except SuiteError as error:
            return _refusal(503, without_paths(error.cause), shown_command(error.next))

    return answer


def _refusal(status: int, cause: str, command: str) -> Response:
    return Response(_json({"error": cause, "next": command}), status, media_type=KINDS["json"], headers=_HEADERS)


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, default=str, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
