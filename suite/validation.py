"""What is wrong with a value that somebody typed, in the suite's words: the library's speak of its own insides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "int_parsing": "is no whole number",
    "int_type": "is no whole number",
    "int_from_float": "is no whole number",
    "float_parsing": "is no number",
    "float_type": "is no number",
    "finite_number": "is no finite number",
    "bool_parsing": "is neither true nor false",
    "bool_type": "is neither true nor false",
    "string_type": "is no text; a number becomes one by quotes",
    "literal_error": "is none of {expected}",
    "enum": "is none of {expected}",
    "greater_than": "is not more than {gt}",
    "greater_than_equal": "is less than {ge}",
    "less_than": "is not less than {lt}",
    "less_than_equal": "is more than {le}",
    "multiple_of": "is no multiple of {multiple_of}",
    "tuple_type": "is no list, as 1,2,3 or [1, 2, 3]",
    "list_type": "is no list, as 1,2,3 or [1, 2, 3]",
    "set_type": "is no list, as 1,2,3 or [1, 2, 3]",
    "frozen_set_type": "is no list, as 1,2,3 or [1, 2, 3]",
    "dict_type": 'is no mapping, as a:1,b:2 or {{"a": 1, "b": 2}}',
    "model_type": 'is no mapping, as a:1,b:2 or {{"a": 1, "b": 2}}',
    "too_short": "has {actual_length} values, and needs {min_length} at least",
    "too_long": "has more than {max_length} values",
    "missing": "is not given",
    "extra_forbidden": "is not known",
    "none_required": "is not none",
    "value_error": "is refused: {error}",
}
"""By the library's name of a kind of error, with what it says beside it."""


def wrong_value(error: Mapping[str, Any]) -> str:
    """Return what is wrong with a value, as ``'abc' is no number``, of one error of pydantic's `errors`."""
    words = _WORDS.get(str(error["type"]))
    if words is None:
        return f"{error.get('input')!r}: {error['msg']}"
    said = words.format_map(_Said(error.get("ctx", {})))
    return said if error["type"] == "missing" else f"{error.get('input')!r} {said}"


class _Said(dict[str, Any]):
    """What an error says beside its kind; another version of the library may leave something out."""

    def __missing__(self, name: str) -> str:
        return "what is allowed"
