"""``suite serve``."""

from __future__ import annotations

from typing import Annotated

import typer

from suite.cli.output import echo


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8600,
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name", help="Host name that people type, for example board.example.org. Give it again for more names."
        ),
    ] = None,
    proxy: Annotated[
        str | None, typer.Option(help="Address of the reverse proxy. Its X-Forwarded-For header is trusted.")
    ] = None,
    max_upload: Annotated[int, typer.Option(min=1, max=1024, help="Largest upload, in MiB.")] = 32,
    uploads_per_hour: Annotated[int, typer.Option(min=1, help="Most uploads of one person in an hour.")] = 30,
    requests_per_minute: Annotated[int, typer.Option(min=1, help="Most requests of one address in a minute.")] = 120,
) -> None:
    """Run a server where people with a token upload results, and see what became of them.

    `suite worker` checks the uploads. A reverse proxy must do TLS: see docs/serving.md.
    """
    from suite.extras import check_library

    check_library("limits")
    import uvicorn

    from suite.server.app import create_app
    from suite.server.limits import MEBIBYTE, Limits
    from suite.settings import load_settings
    from suite.store.urls import shown

    settings = load_settings()
    limits = Limits(
        upload_bytes=max_upload * MEBIBYTE, uploads_per_hour=uploads_per_hour, requests_per_minute=requests_per_minute
    )
    app = create_app(settings, limits, name or ())
    if host not in ("127.0.0.1", "localhost", "::1"):
        echo(f"warning: {host} is open to others; without TLS, tokens travel in clear text", err=True)
    echo(
        f"listening on http://{host}:{port}; uploads wait in {shown(settings.database_url)} for: suite worker", err=True
    )
    uvicorn.run(
        app,
        host=host,
        port=port,
        http="h11",
        ws="none",
        lifespan="off",
        server_header=False,
        proxy_headers=proxy is not None,
        forwarded_allow_ips=proxy,
        limit_concurrency=100,
        timeout_keep_alive=5,
        log_level="info",
    )
