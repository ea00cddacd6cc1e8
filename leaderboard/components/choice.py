"""Choices that live in the address: a select box bound to a query parameter."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def choose(label: str, key: str, options: Sequence[str], help: str = "") -> str:
    """Return the chosen option; the query parameter ``key`` holds it unless it is the first one.

    Options are shown as they stand in the address: Streamlit would write the shown form there, not the option.
    An address that asks for what there is not gives the first option, and says so. Not so a choice whose option went
    because another choice changed: that is no mistake of anybody's.
    """
    asked = st.query_params.get(key)
    if asked in options and st.session_state.get(key, asked) != asked:
        st.session_state[key] = asked  # a link to the first option would lose to what was chosen here before
    if asked is not None and asked not in options and key not in st.session_state:
        st.toast("The address asks for something that is not here; the first choice is shown.", icon=":material/info:")
    chosen = st.selectbox(label, options, key=key, help=help or None, bind="query-params")
    return chosen if chosen in options else options[0]
