"""Takes the pictures of the leaderboard in ``docs``: ``python docs/pictures.py``, in a checkout with the extra test.

They show the published results in a browser, the Chromium that is installed. Each picture carries the numbers that it
shows as a text (PNG, Description), so that a test can tell when the board has others.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from suite.board.model import Index

DOCS = Path(__file__).resolve().parent
PATIENCE = 120
"""Seconds until the app must listen, and until a page must be drawn."""
DRAWN = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"


class Picture(NamedTuple):
    """A page of the app by its address, with the height in pixels; which tasks and rows are on it, by default ten."""

    address: str
    height: int
    tasks: str
    methods: tuple[str, ...] = ()


PICTURES = {
    "board.png": Picture("/board?task=ood/digits", 860, "ood/digits"),
    "compare.png": Picture(
        "/compare?track=ood&methods=energy&methods=knn&methods=vim", 1040, "ood/*", ("energy", "knn", "vim")
    ),
}


def numbers(picture: Picture, index: Index) -> str:
    """Return the rows of a picture, in the order of the board, as they are in the index now."""
    told = []
    for entry in index.entries:
        if fnmatchcase(entry.task, picture.tasks) and entry.current:
            rows = [row for row in entry.results if row.mean is not None]
            shown = [row for row in rows if row.label in picture.methods] if picture.methods else rows[:10]
            told += [f"{entry.task} {row.label} {entry.metric.shown(row.mean or 0):.2f}" for row in shown]
    return "; ".join(told)


@contextmanager
def served() -> Iterator[str]:
    """Start the app on an empty home, which shows what is published; yield its address."""
    with TemporaryDirectory() as home, socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
        free.close()
        command = [sys.executable, "-m", "suite", "leaderboard", "--no-browser", "--port", str(port)]
        server = subprocess.Popen(command, env={**os.environ, "SUITE_HOME": home}, stdout=subprocess.DEVNULL)
        try:
            for _ in range(PATIENCE * 10):
                with socket.socket() as probe:
                    if probe.connect_ex(("localhost", port)) == 0 or server.poll() is not None:
                        break
                time.sleep(0.1)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait()


def main() -> None:
    """Take every picture."""
    from playwright.sync_api import sync_playwright

    from suite.board.files import read_index
    from suite.board.ready import READY
    from suite.board.shelf import Shelf

    index = read_index(Shelf(READY))
    assert index is not None, "the ready tables are missing: python submissions/pack.py --tables"
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(color_scheme="light")
        for name, picture in PICTURES.items():
            page.set_viewport_size({"width": 1280, "height": picture.height})
            page.goto(address + picture.address)
            page.locator(".foot").wait_for(timeout=PATIENCE * 1000)
            page.wait_for_function(DRAWN, timeout=PATIENCE * 1000)
            page.wait_for_timeout(2000)  # charts draw themselves after the page
            told = PngInfo()
            told.add_itxt("Description", numbers(picture, index))
            image = Image.open(BytesIO(page.screenshot())).convert("RGB")
            image = image.quantize(256, method=Image.Quantize.MAXCOVERAGE)  # a third of the size, and no colour is lost
            image.save(DOCS / name, optimize=True, pnginfo=told)
        browser.close()


if __name__ == "__main__":
    main()
