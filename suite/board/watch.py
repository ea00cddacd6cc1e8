"""Keeps the files of a board up to date beside a server, so that no request ever waits for a build.

``python -P -m suite.board.watch FOLDER`` looks every two seconds whether the store has changed. It ends when its
standard input does, and so together with the process that holds the other end, however that one ends.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from suite.board.artifact import load_board
from suite.board.files import TROUBLE
from suite.board.shelf import Shelf
from suite.errors import SuiteError
from suite.registry import Registry, load_registry
from suite.settings import Settings, load_settings
from suite.store.published import published_pulse
from suite.store.reading import pulse

SECONDS = 2.0
"""Between two looks."""
UNEXPECTED = "the board could not be built; the server's log says why"
UNWRITABLE = "the files of the board cannot be written"

log = logging.getLogger(__name__)


class Trouble(BaseModel):
    """Why the board is not brought up to date: the cause, the command that mends it, and since when (ISO 8601, UTC)."""

    model_config = ConfigDict(frozen=True)

    cause: str
    next: str
    since: str


def look(settings: Settings, registry: Registry, folder: Path) -> bool:
    """Bring the board in a folder up to date, or leave a note of why that cannot be; tell which."""
    shelf = Shelf(folder)
    try:
        if load_board(settings, registry, folder).in_memory:  # of this process, where nobody sees it
            raise SuiteError(UNWRITABLE, place=str(folder), next="suite board")
    except Exception as error:  # of the store, or of a plugin: the last board is served on, and the next look may do
        if not isinstance(error, SuiteError):
            log.exception("the board could not be built")
            error = SuiteError(UNEXPECTED, place=str(folder), next="suite board")
        before = trouble(folder)
        since = before.since if before and before.cause == error.cause else _now()
        note = Trouble(cause=error.cause, next=error.next, since=since)
        shelf.write(TROUBLE, note.model_dump_json().encode())
        if shelf.in_memory:
            log.error("%s: %s", folder, note.cause)
        return False
    with suppress(OSError):
        (folder / TROUBLE).unlink(missing_ok=True)
    return True


def trouble(folder: Path) -> Trouble | None:
    """Return why the board in a folder is not brought up to date, if it is not."""
    try:
        return Trouble.model_validate_json((folder / TROUBLE).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    except OSError:  # no note can lie there
        return Trouble(cause=UNWRITABLE, next="suite board", since=_changed(folder))


def watch(settings: Settings, registry: Registry, folder: Path) -> None:
    """Look for ever."""
    seen: object = None
    while True:
        now = (_pulse(settings), Shelf(folder).state())
        if now != seen or now[0] is None:
            sound = look(settings, registry, folder)
            seen = (now[0], Shelf(folder).state()) if sound else None
        time.sleep(SECONDS)


def _pulse(settings: Settings) -> object:
    """Return what changes when the board may have; None for a store that does not tell."""
    of_store = pulse(settings.database_url)
    return None if of_store is None else (of_store, published_pulse(settings))


def main() -> None:
    """Look until standard input ends."""
    logging.basicConfig(format="%(asctime)s board: %(message)s", level=logging.WARNING)
    threading.Thread(target=_end_with_input, daemon=True).start()
    os.nice(5)  # visitors come first
    folder = Path(sys.argv[1])
    while True:
        try:
            settings = load_settings()
            registry = load_registry(settings.plugins, settings.disabled_plugins)
        except SuiteError as error:  # the pages say so themselves
            log.error("%s", error)
            time.sleep(SECONDS)
            continue
        watch(settings, registry, folder)


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)  # at once, in the middle of a build too: files are put in place whole


def _changed(path: Path) -> str:
    """Return when a file or folder was changed last; now if that is not known."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
    except OSError:
        return _now()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


if __name__ == "__main__":
    main()
