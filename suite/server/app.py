"""The server's app: routes, and what every answer has in common."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from suite.errors import SuiteError
from suite.server.desk import Desk
from suite.server.endpoints import Endpoints
from suite.server.gate import Gate, address_of
from suite.server.limits import Counter, Limits
from suite.server.refusal import Refusal
from suite.server.upload_page import UploadPage, page
from suite.settings import Settings
from suite.store.intake import Queue
from suite.store.tokens import Tokens

LOCAL = ("127.0.0.1", "localhost", "[::1]", "::1")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
log = logging.getLogger(__name__)


def create_app(settings: Settings, limits: Limits, names: Sequence[str] = ()) -> Starlette:
    """Return the app.

    Args:
        settings: where the store and the uploads are.
        limits: what it takes.
        names: host names that it answers to, beside this machine's own; a page elsewhere cannot reach it by another.

    Raises:
        SuiteError: the store cannot be opened to write.
    """
    tokens, queue = Tokens(settings.database_url), Queue(settings.database_url)
    counter = Counter(limits)
    gate, desk = Gate(tokens, counter), Desk(queue, settings.intake_folder, limits, counter)
    return Starlette(
        routes=[
            *Endpoints(gate, desk, tokens, limits).routes(),
            *UploadPage(gate, desk, limits).routes(),
            Route("/healthz", _healthz, methods=["GET"]),
        ],
        middleware=[
            Middleware(_Headers),
            Middleware(TrustedHostMiddleware, allowed_hosts=[*LOCAL, *names], www_redirect=False),
            Middleware(_Counted, counter=counter),
        ],
        exception_handlers={
            Refusal: _refused,
            SuiteError: _unanswered,
            HTTPException: _http,
            ClientDisconnect: _gone,
            Exception: _failed,
        },
    )


class _Headers:
    """Puts the headers on every answer that keep a browser from doing more than is meant."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                common = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message.get("headers", []), *common]
            await send(message)

        await self._app(scope, receive, answer)


class _Counted:
    """Counts requests by address before anything else is done for them."""

    def __init__(self, app: ASGIApp, counter: Counter) -> None:
        self._app = app
        self._counter = counter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope)
            try:
                self._counter.request(address_of(request))
            except Refusal as refusal:
                await _refused(request, refusal)(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def _healthz(request: Request) -> Response:
    return PlainTextResponse("ok\n")


def _answer(request: Request, status: int, cause: str, next: str, headers: dict[str, str] | None = None) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": cause, "next": next}, status, headers=headers)
    answer = page("refusal.html", status, cause=cause, next=next)
    answer.headers.update(headers or {})
    return answer


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return _answer(request, error.status, error.cause, error.next, error.headers)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _answer(request, error.status_code, error.detail, "docs/serving.md", dict(error.headers or {}))


def _unanswered(request: Request, error: Exception) -> Response:
    log.error("%s", error)  # with its place, which is no stranger's business
    return _answer(request, 503, "the store does not answer now", "try again later", {"Retry-After": "60"})


def _gone(request: Request, error: Exception) -> Response:
    return Response(status_code=400)


def _failed(request: Request, error: Exception) -> Response:
    with suppress(Exception):
        return _answer(request, 500, "the server has a fault, which it has written down", "try again later")
    return Response(status_code=500)
