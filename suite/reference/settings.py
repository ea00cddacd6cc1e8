"""The page of the settings."""

from __future__ import annotations

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from suite.reference.markdown import code, line, table
from suite.settings import Settings


def page() -> str:
    """Return the page: each environment variable, its default and what it is."""
    rows = [
        (code(f"SUITE_{name.upper()}"), _default(about), line(about.description))
        for name, about in Settings.model_fields.items()
    ]
    return "\n\n".join(
        [
            "# List of settings",
            "Each setting is an environment variable. [Settings](../settings.md) also tells what lies at home.",
            table(("variable", "default", "what"), rows),
        ]
    )


def _default(about: FieldInfo) -> str:
    if about.default is PydanticUndefined:  # the only one that depends on the machine
        return "number of cores"
    return "none" if about.default is None or about.default == () else code(about.default)
