"""``suite worker``."""

from __future__ import annotations

import signal
from typing import Annotated, NoReturn

import typer

from suite.cli.output import echo


def worker(
    once: Annotated[bool, typer.Option("--once", help="Stop when no upload waits.")] = False,
    by: Annotated[str, typer.Option(help="Name for the history of what is accepted.")] = "suite worker",
) -> None:
    """Check the uploads of `suite serve`, and put the good ones on the board. No code of an upload is run."""
    from suite.server.worker import Worker
    from suite.settings import load_settings
    from suite.store.intake import Queue

    settings = load_settings()
    drain = Worker(Queue(settings.database_url, settings.store_patience), settings, by, echo)
    signal.signal(signal.SIGTERM, _stop)
    try:
        drain.drain() if once else drain.watch()
    except KeyboardInterrupt:
        echo("stopped; what was being checked waits again", err=True)
        raise typer.Exit(130) from None
    finally:
        counts = ", ".join(f"{count} {state}" for state, count in sorted(drain.states.items()))
        echo(counts or "nothing waited", err=True)


def _stop(*_: object) -> NoReturn:
    raise KeyboardInterrupt
