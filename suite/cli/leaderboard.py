"""``suite leaderboard``."""

from __future__ import annotations

from typing import Annotated

import typer


def leaderboard(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8501,
    address: Annotated[str, typer.Option(help="Address to listen on. 0.0.0.0 opens it to the network.")] = "localhost",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Show the leaderboard as a web page. It only reads the store, so it can run beside `suite run`."""
    import os
    import sys
    from importlib.util import find_spec
    from pathlib import Path

    spec = find_spec("suite.leaderboard")
    assert spec is not None
    assert spec.origin is not None
    options = {
        "server.port": port,
        "server.address": address,
        "server.headless": str(not browser).lower(),
        "server.showEmailPrompt": "false",  # else nothing is served until somebody answers
        "browser.gatherUsageStats": "false",
        "runner.magicEnabled": "false",  # it would draw every text that stands alone in a page's script
        "client.toolbarMode": "viewer",
        "client.showErrorDetails": "none",
        "client.disableDataExport": "true",
        "theme.primaryColor": "#0b5d66",
        "theme.dark.primaryColor": "#6fd3dd",
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    server = Path(spec.origin).with_name("server.py")
    # -P: a copy.py or types.py in the current folder is not to be taken for Python's own.
    command = [sys.executable, "-P", "-m", "streamlit", "run", str(server), *arguments]
    os.execv(sys.executable, command)  # one process, so that whoever stops it stops the server
