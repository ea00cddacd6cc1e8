"""The state of a page is its address: every choice is read from it and written to it here, defaults included.

What Streamlit 1.67 binds by ``bind="query-params"`` it writes with replaceState, so that Back leaves the page, and it
drops defaults. What a script writes to ``st.query_params`` becomes an entry of the history, and Back runs the script
with the entry before. So no widget is bound: its value is set from the address before it is drawn, a choice is written
once at the end of the run that follows it, and an address without its defaults is completed in its own entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import urlencode

import streamlit as st

from .absent import show_absent, show_several
from .links import Query, complete, href
from .prose import draw

_ADDRESS, _CHOSEN = "address", "address.chosen"
LONGEST = 200
"""How many signs of a text are read."""
Shown = Callable[[str], str]


@dataclass
class Address:
    """What the address of a page asked for, and what the page has made of it until now.

    ``wanted`` is ``asked`` with what was chosen since; ``by_choice`` says whether anything was. ``read`` holds every
    parameter that the page has read, with the value that it shows. ``top`` is a place above the page, for notes.
    """

    page: str
    asked: Query
    wanted: Query
    by_choice: bool = False
    read: Query = field(default_factory=dict)
    top: Any = None


class Absent(Exception):
    """The address asked for something that is not there, and the page has said so: it ends here.

    Not `streamlit.stop`, after which nothing can be drawn any more.
    """


def arrive(page: str) -> None:
    """Begin a run of a page, given by its path: take its state from the address, and what was just chosen."""
    asked = {name: st.query_params.get_all(name) for name in st.query_params}
    before = st.session_state.get(_ADDRESS)
    chosen = st.session_state.pop(_CHOSEN, {})
    # The defaults with which an address was completed hold until it changes, whatever the store says by now.
    completed = before.read if before and (before.page, before.asked) == (page, asked) else {}
    wanted = {**asked, **completed, **chosen}
    st.session_state[_ADDRESS] = Address(page, asked, wanted, bool(chosen), top=st.container())


def settle() -> None:
    """End a run: write what was chosen as one entry of the history, or complete the address of the present one.

    What the page did not read leaves the address, and a note says so; a page that reads nothing here is left alone.
    """
    address = current()
    unknown = [name for name in address.asked if name not in address.read]
    if unknown and address.read and not address.by_choice:
        said = '<p class="note" role="status">The address names what this page does not have: {}. It is ignored.</p>'
        draw(said, ", ".join(name[:LONGEST] for name in unknown), place=address.top)
    state = {name: values for name, values in address.read.items() if any(values)}
    if address.by_choice:
        st.query_params.from_dict(state)
    elif state:
        complete(address.page, urlencode(address.asked, doseq=True), urlencode(state, doseq=True))


def current() -> Address:
    """Return the address of this run."""
    address: Address = st.session_state[_ADDRESS]
    return address


def here(changes: Mapping[str, str | Sequence[str] | None]) -> str:
    """Return a link to this page as it is, but for some parameters; None leaves one out."""
    address = current()
    state: dict[str, Any] = {**address.wanted, **address.read, **changes}
    return href(address.page, **{name: value for name, value in state.items() if value is not None})


def read(name: str, default: str = "") -> str:
    """Return a parameter that takes any text, of which the first 200 signs are read."""
    value = _read_one(name, "text", default)[:LONGEST]
    current().read[name] = [value]
    return value


def read_number(name: str, last: int) -> int:
    """Return a parameter that is a number from 1 to ``last``, 1 if it is left out; ends the page if it is another."""
    value = read_known(name, "number of a page", [str(number) for number in range(1, last + 1)], "1")
    return int(value)


def read_known(name: str, noun: str, options: Sequence[str], default: str | None = None) -> str:
    """Return a parameter that is one of the options; if it is not, say that there is no such thing and end the page.

    Not so after a choice: what belonged to the choice before it gives way to the default. Without a default the
    parameter must be given.
    """
    value = _read_one(name, noun, default or "")
    if value not in options and default is not None and current().by_choice:
        value = default
        current().read[name] = [value]
    if value not in options:
        _end(name, noun, value, options)
    return value


def read_idle(name: str, noun: str, options: Sequence[str], default: str) -> None:
    """Read a parameter whose control is not drawn, if the address asks for it: what is none of the options is said."""
    if name in current().asked and not current().by_choice:
        read_known(name, noun, options, default)


def read_several(name: str, noun: str, options: Sequence[str]) -> list[str]:
    """Return a parameter that may be given several times, each time as one of the options, in the address's order."""
    values = [value for value in dict.fromkeys(_read(name, [""])) if value]
    unknown = next((value for value in values if value not in options), None)
    if unknown is not None and not current().by_choice:
        _end(name, noun, unknown, options)
    values = [value for value in values if value in options]
    current().read[name] = values or [""]
    return values


def choose(
    label: str,
    name: str,
    options: Sequence[str],
    *,
    default: str | None = None,
    noun: str = "",
    shown: Shown = str,
    help: str | None = None,
    place: Any = st,
) -> str:
    """Draw a select box and return what is chosen: one of the options, the first if there is no other default.

    ``noun`` is what one option is called where an address asks for another: the label, if not given.
    """
    value = read_known(name, noun or label.lower(), options, options[0] if default is None else default)
    key = _prepared(name, value)
    place.selectbox(
        label, options, key=key, format_func=shown, help=help, on_change=_take, args=(name, key), filter_mode="contains"
    )
    return value


def choose_several(
    label: str,
    name: str,
    options: Sequence[str],
    *,
    noun: str = "",
    shown: Shown = str,
    most: int | None = None,
    place: Any = st,
) -> list[str]:
    """Draw a box that takes several options, at most ``most``; return those chosen, none by default.

    Of an address that names more the first ones are taken, and the address is made to say so.
    """
    values = read_several(name, noun or label.lower(), options)[:most]
    current().read[name] = values or [""]
    key = _prepared(name, values)
    place.multiselect(
        label, options, key=key, format_func=shown, max_selections=most, on_change=_take, args=(name, key)
    )
    return values


def type_text(label: str, name: str, *, placeholder: str = "", help: str | None = None, place: Any = st) -> str:
    """Draw a box for text and return what was typed, without blanks around it."""
    value = read(name).strip()
    key = _prepared(name, value)
    place.text_input(
        label, key=key, placeholder=placeholder, help=help, max_chars=200, on_change=_take, args=(name, key)
    )
    return value


def switch(label: str, name: str, *, default: bool = False, help: str | None = None, place: Any = st) -> bool:
    """Draw a switch and return whether it is on; the address says ``true`` or ``false``."""
    value = read_known(name, "switch", ("true", "false"), str(default).lower()) == "true"
    key = _prepared(name, value)
    place.toggle(label, key=key, help=help, on_change=_take, args=(name, key))
    return value


def _prepared(name: str, value: Any) -> str:
    key = f"{current().page or 'home'}.{name}"
    st.session_state[key] = value
    return key


def _take(name: str, key: str) -> None:
    value = st.session_state[key]
    values = value if isinstance(value, list) else [str(value).lower() if isinstance(value, bool) else value or ""]
    st.session_state.setdefault(_CHOSEN, {})[name] = values or [""]


def _read(name: str, default: Sequence[str]) -> list[str]:
    address = current()
    address.read[name] = list(address.wanted.get(name) or default)
    return address.read[name]


def _read_one(name: str, noun: str, default: str) -> str:
    """Return the one value of a parameter; ends the page if the address has several that differ."""
    values = list(dict.fromkeys(_read(name, [default])))
    if len(values) > 1 and not current().by_choice:
        show_several(noun, {value[:LONGEST]: here({name: value}) for value in values})
        raise Absent
    return values[-1]


def end(noun: str, value: str, links: Mapping[str, str]) -> NoReturn:
    """Say that there is no such thing and what there is, by links, and end the page."""
    show_absent(noun, value[:LONGEST], links)
    raise Absent


def _end(name: str, noun: str, value: str, options: Sequence[str]) -> NoReturn:
    end(noun, value, {option: href(current().page, **{name: option}) for option in options})
