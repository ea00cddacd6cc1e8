"""Whether the data and the reference models of a task are at hand, so that it runs without a download."""

from __future__ import annotations

import logging

import streamlit as st

from suite.cache import Cache
from suite.contracts import Missing, Resources, Task

from .source import registry, settings

log = logging.getLogger(__name__)
MINUTES = 10

AT_HAND, PARTLY, MISSING, UNKNOWN = "at hand", "partly", "to be downloaded", "unknown"


def at_hand(task: type[Task]) -> str:
    """Return whether a task's data are at hand, ``partly`` if only optional ones are missing."""
    missing = set()
    local = settings().model_copy(update={"hub": False})
    resources = Resources(local, Cache(local.cache_folder))
    try:
        for ingredient in task().requires(task.seeds[0]):
            try:
                ingredient.known_fingerprint(resources)
            except Missing:
                missing.add(ingredient.optional)
    except Exception:  # third-party: whatever it is, the list goes on
        log.exception("cannot tell whether the data of %s are at hand", task.id)
        return UNKNOWN
    return MISSING if False in missing else PARTLY if missing else AT_HAND


@st.cache_data(ttl=60 * MINUTES, show_spinner=False)
def all_at_hand() -> dict[str, str]:
    """Return `at_hand` of every task that is installed, at most ten minutes old."""
    return {entry.name: at_hand(entry.value) for entry in registry().tasks}
