"""The server: the app, the API beside it, and the shell around both. ``suite leaderboard`` has Streamlit start it."""

from __future__ import annotations

__package__ = "suite.leaderboard"  # Streamlit imports it by its file's name alone

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from . import api
from .shell import Shell
from .worker import worker

folder = str(st.get_option("server.baseUrlPath") or "").strip("/")
base = f"/{folder}" if folder else ""
app = st.App(
    Path(__file__).with_name("app.py"),
    routes=api.routes(base),
    middleware=[Middleware(Shell, base=base)],
    lifespan=worker,
)
