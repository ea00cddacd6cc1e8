"""The app in a real browser: what only a browser does is to keep the address in step with the choices."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import IMG, Store, marks

CHROMIUM = shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WAIT = 30_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on the PATH: apt-get install chromium"),
]


@pytest.fixture
def server(store: Store, tmp_path: Path, third_party: None) -> Iterator[str]:
    """Start ``suite leaderboard`` on a small store; yields its address."""
    for seed in range(5):
        store.run("alpha", seed, 0.8 + seed / 100, marks(), task="demo/varied")
        store.run("beta", seed, 0.7 + seed / 50, task="demo/varied")
        store.run(IMG, seed, 0.6 + seed / 40, task="demo/varied")
    store.run("beta", 0, 0.5, task="demo/varied", setting={"precision": "coarse", "amount": "few"})
    store.run("alpha", 0, 0.5)
    store.close()
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "suite", "leaderboard", "--port", str(port), "--no-browser"]
    with (tmp_path / "server.txt").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait_for(port, process)
            yield f"http://localhost:{port}"
        finally:
            _end(process)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server ended"
        with socket.socket() as probe:
            if probe.connect_ex(("localhost", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server did not listen within 30 s")


def _end(process: subprocess.Popen[bytes]) -> None:
    import os
    import signal

    os.killpg(process.pid, signal.SIGTERM)  # the command and the server that it started
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def test_address_follows_the_choices_and_links_work(server: str, tmp_path: Path) -> None:
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))

        page.goto(f"{server}/good")  # the server's first visitor: Streamlit knows the pages of none before
        expect(page.get_by_role("heading", level=1)).to_have_text("Good", timeout=WAIT)
        expect(page.get_by_text("Page not found")).to_have_count(0)

        page.goto(f"{server}/?task=demo/varied")
        expect(page.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible(timeout=WAIT)
        search = page.get_by_label("Search methods")
        search.fill("alpha")
        search.press("Enter")
        expect(page).to_have_url(re.compile(r"[?&]q=alpha"), timeout=WAIT)

        page.get_by_role("combobox", name="Precision").click()
        page.get_by_text("coarse", exact=True).last.click()
        expect(page).to_have_url(re.compile(r"[?&]setting\.precision=coarse"), timeout=WAIT)

        page.goto(f"{server}/?plain=true&task=demo/varied")
        table = page.get_by_test_id("stTable")
        expect(table).to_be_visible(timeout=WAIT)
        expect(table).to_contain_text(IMG)
        expect(table.locator("img")).to_have_count(0)
        assert "method?method=demo%2Falpha" in str(table.get_by_role("link", name="alpha").get_attribute("href"))

        page.get_by_role("link", name="About this task").click()
        expect(page).to_have_url(re.compile(r"/task\?id=demo(/|%2F)varied$"), timeout=WAIT)
        expect(page.get_by_role("heading", level=1)).to_have_text("Varied", timeout=WAIT)

        # The first task is the default, which no address names; a link to it must win over the earlier choice.
        page.get_by_role("combobox", name="Task").click()
        page.get_by_text("demo/plain", exact=True).last.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Plain", timeout=WAIT)
        # The link of the old page lingers beside it for a moment.
        back = page.locator("a[href*='demo%2Fplain']", has_text="Open the leaderboard of this task")
        expect(back).to_be_visible(timeout=WAIT)
        back.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(": Plain", timeout=WAIT)

        page.screenshot(path=tmp_path / "page.png")
        assert not dialogs
        browser.close()
