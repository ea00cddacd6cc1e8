"""The upload page: a plain form, which needs no script. It sets no cookie: each form carries the token."""

from __future__ import annotations

from contextlib import AsyncExitStack
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from suite.server.desk import Desk
from suite.server.form import read_form
from suite.server.gate import Gate, check_same_site
from suite.server.limits import Limits
from suite.server.reception import Reception, receiving
from suite.server.refusal import Refusal
from suite.store.tokens import Token
from suite.text import clean

_templates = Environment(loader=PackageLoader("suite.server"), autoescape=True, undefined=StrictUndefined)
_templates.filters["clean"] = lambda text: "" if text is None else clean(text)


class UploadPage:
    """One page to hand in a submission, and to ask what became of it."""

    def __init__(self, gate: Gate, desk: Desk, limits: Limits) -> None:
        self._gate = gate
        self._desk = desk
        self._limits = limits

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/", self.show, methods=["GET"]),
            Route("/upload", self.upload, methods=["POST"]),
            Route("/look", self.look, methods=["POST"]),
            Route("/style.css", self.style, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        """Show the forms."""
        return page("upload.html", megabytes=self._limits.upload_bytes // 2**20)

    async def upload(self, request: Request) -> Response:
        """Take a file in, and show its entry."""
        check_same_site(request)
        async with AsyncExitStack() as stack, receiving(request, self._limits):
            received: list[tuple[Token, Reception]] = []

            async def begin(fields: dict[str, str]) -> Reception:
                token = await self._gate.holder(request, fields.get("token", "").strip())
                await self._desk.check_room(token)
                received.append((token, await stack.enter_async_context(self._desk.reception())))
                return received[0][1]

            await read_form(request, begin)
            if not received:
                raise Refusal(422, "the form has no file", next="choose a zip or tar archive")
            entry, new = await self._desk.enter(*received[0])
        return page("entry.html", 201 if new else 200, entry=await self._desk.told(entry))

    async def look(self, request: Request) -> Response:
        """Show an entry."""
        check_same_site(request)
        async with receiving(request, self._limits):
            fields = await read_form(request, None)
        token = await self._gate.holder(request, fields.get("token", "").strip())
        entry = await self._desk.entry(token, fields.get("id", "").strip())
        return page("entry.html", entry=await self._desk.told(entry))

    async def style(self, request: Request) -> Response:
        """Return the style sheet."""
        text = resources.files("suite.server").joinpath("templates/style.css").read_text(encoding="utf-8")
        return Response(text, media_type="text/css")


def page(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page; every value is escaped."""
    return HTMLResponse(_templates.get_template(name).render(**values), status)
