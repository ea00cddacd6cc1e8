"""The endpoints below ``/api``: JSON in and out, a token in the header of every request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from suite.server.desk import Desk, stamp, summary
from suite.server.gate import Gate
from suite.server.limits import Limits
from suite.server.reception import MEDIA_TYPES, receiving
from suite.server.refusal import Refusal
from suite.store.schema import INTAKE_STATES
from suite.store.tokens import Token, Tokens

MOST = 200


class Endpoints:
    """What the API answers; ``openapi.json`` describes it."""

    def __init__(self, gate: Gate, desk: Desk, tokens: Tokens, limits: Limits) -> None:
        self._gate = gate
        self._desk = desk
        self._tokens = tokens
        self._limits = limits

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/api/submissions", self.all_submissions, methods=["GET", "POST"]),  # one, so that Allow names both
            Route("/api/submissions/{id}", self.submission, methods=["GET"]),
            Route("/api/tokens", self.all_tokens, methods=["GET"]),
            Route("/api/tokens/{id}", self.revoke, methods=["DELETE"]),
            Route("/api/openapi.json", self.description, methods=["GET"]),
        ]

    async def all_submissions(self, request: Request) -> Response:
        """List them, or take another one."""
        return await (self.hand_in(request) if request.method == "POST" else self.submissions(request))

    async def hand_in(self, request: Request) -> Response:
        """Take an archive of a submission's folder: 201 and its entry, or 200 if it was handed in before."""
        token = await self._gate.bearer(request)
        media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if media_type not in MEDIA_TYPES:
            raise Refusal(415, "this content type is not accepted", next=f"send one of {', '.join(MEDIA_TYPES)}")
        async with receiving(request, self._limits):
            await self._desk.check_room(token)
            async with self._desk.reception() as reception:
                async for chunk in request.stream():
                    reception.write(chunk)
                entry, new = await self._desk.enter(token, reception)
        where = {"Location": f"/api/submissions/{entry.id}"}
        return JSONResponse(await self._desk.told(entry), 201 if new else 200, headers=where)

    async def submissions(self, request: Request) -> Response:
        """List one's own entries, or all of them for maintainers; the newest first, at most 200 at a time."""
        token = await self._gate.bearer(request)
        state = request.query_params.get("state")
        if state is not None and state not in INTAKE_STATES:
            raise Refusal(422, "this is not a state", next=f"state is one of {', '.join(INTAKE_STATES)}")
        before = _whole(request.query_params, "before", 1, 2**31 - 1)
        limit = _whole(request.query_params, "limit", 1, MOST) or MOST
        entries = await self._desk.entries(token, state, before, limit)
        more = entries[-1].number if len(entries) == limit else None
        return JSONResponse({"submissions": [summary(entry) for entry in entries], "before": more})

    async def submission(self, request: Request) -> Response:
        """Tell an entry's state, reason, history and place in the queue."""
        token = await self._gate.bearer(request)
        return JSONResponse(await self._desk.told(await self._desk.entry(token, request.path_params["id"])))

    async def all_tokens(self, request: Request) -> Response:
        """List all tokens, without their secrets, which nobody has; for admins."""
        await self._gate.bearer(request, "admin")
        tokens = await run_in_threadpool(self._tokens.all)
        return JSONResponse({"tokens": [described(token) for token in tokens]})

    async def revoke(self, request: Request) -> Response:
        """Revoke a token; for admins."""
        await self._gate.bearer(request, "admin")
        known = {token.id for token in await run_in_threadpool(self._tokens.all)}
        if request.path_params["id"] not in known:
            raise Refusal(404, "the token does not exist", next="GET /api/tokens")
        return JSONResponse(described(await run_in_threadpool(self._tokens.revoke, request.path_params["id"])))

    async def description(self, request: Request) -> Response:
        """Describe the API as OpenAPI does."""
        return FileResponse(Path(__file__).with_name("openapi.json"), media_type="application/json")


def described(token: Token) -> dict[str, Any]:
    """Return what a list tells of a token."""
    times = {name: stamp(getattr(token, name)) for name in ("created", "expires", "revoked")}
    return {"id": token.id, "holder": token.holder, "role": token.role, **times}


def _whole(query: QueryParams, name: str, least: int, most: int) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= most):
        raise Refusal(422, f"{name} is not a whole number from {least} to {most}", next=f"leave {name} out")
    return int(text)
