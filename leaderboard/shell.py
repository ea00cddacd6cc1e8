"""What the server says before the app runs: pages with a title and an icon, and 404 for what is no page.

Streamlit answers every path with one and the same HTML, titled "Streamlit". Here each page of the registry gets that
HTML with a head of its own, former addresses lead to today's, and a path that is no page is not found.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import streamlit
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from suite.errors import SuiteError

from .components.escape import clean
from .components.source import registry

NAME = "Basin Suite"
ABOUT = "Methods that lean on basins of attraction, on standardized tasks: who is best, by how much, at what cost."
ICON = Path(__file__).with_name("icon.svg")
ROBOTS = "User-agent: *\nDisallow: /_stcore/\n"
_HEAD = Markup(
    '<title>{}</title><meta name="description" content="{}" /><meta property="og:title" content="{}" />'
    '<meta property="og:description" content="{}" />'
)
_LOST = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Not found · Basin Suite</title></head>'
    '<body><h1>Not found</h1><p>There is no page here. <a href="{}">Basin Suite</a> lists what there is.</p></body>'
    "</html>"
)


class Shell:
    """Middleware around the app. ``base`` is the path below which it is served, empty for the root."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self._app = app
        self._base = f"/{base.strip('/')}" if base.strip("/") else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is ours; let the app answer everything else, but for HTML where there is no page."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(self._base).strip("/")
        answer = self._answer(path, Request(scope))
        if answer is not None:
            await answer(scope, receive, send)
        elif path.startswith("api/"):
            await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, self._refusing(scope, receive, send))

    def _answer(self, path: str, request: Request) -> Response | None:
        if path == "robots.txt":
            return PlainTextResponse(ROBOTS)
        if path == "icon.svg":
            return FileResponse(ICON, media_type="image/svg+xml")
        if path in ("", "track") and (path or {"task", "track"} & set(request.query_params)):
            return RedirectResponse(f"{self._base}/board?{request.url.query}", 308)
        titles = _titles()
        return HTMLResponse(_page(titles[path]), headers={"Cache-Control": "no-cache"}) if path in titles else None

    def _refusing(self, scope: Scope, receive: Receive, send: Send) -> Send:
        """Return a way to send that turns a page of HTML into "not found"."""
        refused = False

        async def refuse(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start":
                kinds = [value for name, value in message["headers"] if name == b"content-type"]
                refused = message["status"] == 200 and any(kind.startswith(b"text/html") for kind in kinds)
                if refused:
                    await HTMLResponse(_LOST.format(f"{self._base}/"), 404)(scope, receive, send)
            if not refused:
                await send(message)

        return refuse


def _titles() -> dict[str, str]:
    """Return the title of every page by its path; the home page's is empty, and so is its path."""
    try:
        pages = [entry.value for entry in registry().pages]
    except SuiteError:  # a wrong setting, which the app explains
        pages = []
    return {"": "", **{page.path: page.title for page in pages}}


@lru_cache(maxsize=64)
def _page(title: str) -> str:
    html = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    named = f"{clean(title)} · {NAME}" if title else NAME
    head = _HEAD.format(named, ABOUT, named, ABOUT)
    return html.replace("<title>Streamlit</title>", str(head)).replace("./favicon.png", "./icon.svg")
