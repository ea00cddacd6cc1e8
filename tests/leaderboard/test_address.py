"""The state of a page is its address."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from suite.leaderboard.components.links import href

from .conftest import bodies, query, words, written

PAGE = """
import streamlit as st
from suite.leaderboard.components import address

address.arrive("here")
try:
    kind = address.choose("Kind", "kind", ["a", "b"])
    parts = {"a": ["1", "2"], "b": ["3", "4"]}[kind]
    part = address.choose("Part", "part", parts, default=parts[1])
    several = address.choose_several("Several", "several", ["x", "y", "z"], most=2)
    text = address.type_text("Text", "text")
    on = address.switch("On", "on", default=True)
    number = address.read_number("page", 3)
    st.write(f"{kind} {part} {several} {text} {on} {number}")
    st.write(address.here({"kind": "b", "text": None}))
    address.settle()
except address.Absent:
    st.write("ended")
"""


def opened(**parameters: str | list[str]) -> AppTest:
    app = AppTest.from_string(PAGE)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return str(app.markdown[0].value)


def test_defaults_are_completed_and_nothing_else_is_written() -> None:
    app = opened()
    assert said(app) == "a 2 []  True 1"
    assert query(app) == {"kind": ["a"], "part": ["2"], "on": ["true"], "page": ["1"]}
    assert written(app) == {}


def test_everything_in_the_address_is_shown() -> None:
    app = opened(kind="b", part="4", several=["z", "x"], text=" word ", on="false", page="3")
    assert said(app) == "b 4 ['z', 'x'] word False 3"
    assert app.multiselect[0].value == ["z", "x"]
    assert app.toggle[0].value is False
    assert app.text_input[0].value == "word"


def test_a_choice_is_written_once_with_the_whole_state() -> None:
    app = opened(text="word")
    app.selectbox[0].set_value("b").run()
    assert said(app) == "b 4 [] word True 1"  # the part of the former kind has given way
    assert written(app) == {"kind": ["b"], "part": ["4"], "text": ["word"], "on": ["true"], "page": ["1"]}
    app.multiselect[0].set_value(["y"]).run()
    app.toggle[0].set_value(False).run()
    app.text_input[0].set_value("").run()
    assert written(app) == {"kind": ["b"], "part": ["4"], "several": ["y"], "on": ["false"], "page": ["1"]}


def test_the_address_wins_over_what_was_chosen_before() -> None:
    app = opened()
    app.selectbox[0].set_value("b").run()
    app.query_params["kind"] = "a"  # as Back does
    app.query_params["part"] = "1"
    app.run()
    assert said(app).startswith("a 1")
    assert app.selectbox[0].value == "a"


def test_what_is_not_there_ends_the_page_with_what_there_is() -> None:
    for parameters in ({"kind": "c"}, {"part": "3"}, {"several": ["x", "w"]}, {"on": "yes"}, {"page": "4"}):
        app = opened(**parameters)
        assert said(app) == "ended"
        assert "Not found" in words(app)
        assert written(app) == {
            name: value if isinstance(value, list) else [value] for name, value in parameters.items()
        }
        assert not query(app).keys() - parameters.keys()
    assert 'href="here?kind=a"' in "".join(bodies(opened(kind="c")))


def test_links_to_the_page_keep_its_state() -> None:
    link = str(opened(text="word", several=["x", "y"]).markdown[1].value)
    assert parse_qs(urlsplit(link).query) == {
        "kind": ["b"],
        "part": ["2"],
        "several": ["x", "y"],
        "on": ["true"],
        "page": ["1"],
    }


@given(st.dictionaries(st.text(min_size=1), st.one_of(st.text(min_size=1), st.lists(st.text(min_size=1), min_size=1))))
def test_links_say_exactly_their_parameters_and_hold_nothing_raw(parameters: dict[str, str | list[str]]) -> None:
    made = href("page", **parameters)
    assert not set("<>\"' \n") & set(made)
    expected = {name: value if isinstance(value, list) else [value] for name, value in parameters.items()}
    assert parse_qs(urlsplit(made).query, keep_blank_values=True, errors="surrogatepass") == expected
