"""Boxes that are closed at first; what they hold is made only when somebody opens them."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from . import address


def opened(title: str, name: str) -> DeltaGenerator | None:
    """Draw a box of this page, and return it to be filled if it is open; ``name`` tells it from the page's others.

    The title is ours: Streamlit takes it for Markdown.
    """
    box = st.expander(title, on_change="rerun", key=f"{address.current().page}.{name}")
    return box if box.open else None
