"""The documentation site in a real browser: nothing hinders anybody, and nothing is asked of another host."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

pytest.importorskip("mkdocs", reason="needs the extra docs")

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium")
PAGES = ("", "first-method/", "reference/methods/basins/", "memorization/")
"""The first page, one with code, one that was made, and one with wide tables."""

pytestmark = [
    pytest.mark.packaging,  # whose stage has the extra docs
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on the PATH: apt-get install chromium"),
]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, built as CI does."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_axe_finds_nothing_serious_and_no_other_host_is_asked(site: str) -> None:
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme=scheme)
            for address in PAGES:
                page = context.new_page()
                page.on("request", lambda request: asked.append(request.url))
                page.goto(site + address)
                found = Axe().run(page).response["violations"]
                grave = [each for each in found if each["impact"] in ("serious", "critical")]
                assert grave == [], f"{scheme} {address}"
                page.close()
        browser.close()
    assert len(asked) > len(PAGES)
    assert [address for address in asked if not address.startswith(site)] == []
