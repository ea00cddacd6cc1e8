"""What is wrong with a value that somebody typed, in the suite's words: the library's speak of its own insides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "int_parsing": "is not a whole number",
    "int_type": "is not a whole number",
    "int_from_float": "is not a whole number",
    "float_parsing": "is not a number",
    "float_type": "is not a number",
    "finite_number": "is not a finite number",
    "bool_parsing": "is not true or false",
    "bool_type": "is not true or false",
    "string_type": "is not text: put a number in quotes",
    "literal_error": "is not one of {expected}",
    "enum": "is not one of {expected}",
    "greater_than": "is not more than {gt}",
    "greater_than_equal": "is less than {ge}",
    "less_than": "is not less than {lt}",
    "less_than_equal": "is more than {le}",
    "multiple_of": "is not a multiple of {multiple_of}",
    "tuple_type": "is not a list, for example 1,2,3 or [1, 2, 3]",
    "list_type": "is not a list, for example 1,2,3 or [1, 2, 3]",
    "set_type": "is not a list, for example 1,2,3 or [1, 2, 3]",
    "frozen_set_type": "is not a list, for example 1,2,3 or [1, 2, 3]",
    "dict_type": 'is not a mapping, for example a:1,b:2 or {{"a": 1, "b": 2}}',
    "model_type": 'is not a mapping, for example a:1,b:2 or {{"a": 1, "b": 2}}',
    "too_short": "has {actual_length} values. It needs {min_length} or more",
    "too_long": "has more than {max_length} values",
    "missing": "is not given",
    "extra_forbidden": "is not known",
    "none_required": "is not none",
    "value_error": "is refused: {error}",
}
"""By the library's name of a kind of error, with what it says beside it."""


def wrong_value(error: Mapping[str, Any]) -> str:
    """Return what is wrong with a value, as ``'abc' is not a number``, of one error of pydantic's `errors`."""
    words = _WORDS.get(str(error["type"]))
    if words is None:
        return f"{error.get('input')!r}: {error['msg']}"
    said = words.format_map(_Said(error.get("ctx", {})))
    return said if error["type"] == "missing" else f"{error.get('input')!r} {said}"


class _Said(dict[str, Any]):
    """What an error says beside its kind; another version of the library may leave something out."""

    def __missing__(self, name: str) -> str:
        return "what is allowed"
