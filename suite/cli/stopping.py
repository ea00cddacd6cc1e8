"""SIGTERM and SIGHUP stop a command as Ctrl-C does: what is under way is given back, and the command says so."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

import typer

from suite.cli.output import echo

SIGNALS = (signal.SIGTERM, signal.SIGHUP)
"""What schedulers, service managers and terminals send before they kill."""


@contextmanager
def stoppable(said: str) -> Iterator[None]:
    """End the command with what is ``said`` and 128 + the signal, once the block has given back what it had.

    A signal that is ignored stays so, as under nohup. A second one does not disturb the first.
    """
    stopped: list[int] = []

    def stop(number: int, _: object) -> NoReturn:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        stopped.append(number)
        raise KeyboardInterrupt

    here = threading.current_thread() is threading.main_thread()  # as anywhere but in a test, maybe
    former = {number: signal.getsignal(number) for number in SIGNALS if here}
    for number, action in former.items():
        if action is not signal.SIG_IGN:
            signal.signal(number, stop)
    try:
        yield
    except (KeyboardInterrupt, OSError) as error:  # a progress bar cannot be ended on a terminal that is gone
        if isinstance(error, OSError) and not stopped:
            raise
        by = signal.Signals(stopped[0]) if stopped else signal.SIGINT
        with suppress(OSError):
            echo(f"{f'stopped by {by.name}' if stopped else 'interrupted'}; {said}", err=True)
        raise typer.Exit(128 + by) from None
    finally:
        for number, action in former.items():
            signal.signal(number, action)
