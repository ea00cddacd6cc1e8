"""The texts of a submission: of what signs and how long each may be. They come from anybody and end on pages."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from suite.text import clean

SLUG = r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?"
PAPER = r"^(?:https://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[!-~]*)?|10\.\d{4,9}/[-._;()/:A-Za-z0-9]+)$"


def _shown_as_it_is(text: str) -> str:
    if clean(text) != text:
        raise ValueError(
            "it has a control character, a mark of direction, a line break, or a space at its start or end"
        )
    return text


def _orcid(text: str) -> str:
    """Check the last digit, which follows from the others (ISO 7064, MOD 11-2)."""
    total = 0
    for digit in text.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if text[-1] != ("X" if check == 10 else str(check)):
        raise ValueError("its last digit is wrong")
    return text


def _spdx(text: str) -> str:
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    if re.search(r"LicenseRef", text, re.IGNORECASE):
        raise ValueError("this licence is not in the list of spdx.org/licenses. Choose one from there")
    try:
        return canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        raise ValueError("this is not an SPDX licence, for example MIT or Apache-2.0. See spdx.org/licenses") from None


Shown = AfterValidator(_shown_as_it_is)
Slug = Annotated[str, Field(pattern=rf"^{SLUG}$")]
TaskName = Annotated[str, Field(pattern=rf"^{SLUG}/{SLUG}$")]
MethodName = Annotated[str, Field(pattern=rf"^{SLUG}/(?:{SLUG}/)?{SLUG}$")]
# No sheet takes such a title or name for a formula.
Title = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^=+\-@\s]"), Shown]
Line = Annotated[str, Field(max_length=300), Shown]
Distribution = Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$")]
Version = Annotated[str, Field(max_length=40, pattern=r"^[0-9A-Za-z][0-9A-Za-z.!+_-]*$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Orcid = Annotated[str, Field(pattern=r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$"), AfterValidator(_orcid)]
Spdx = Annotated[str, Field(min_length=2, max_length=100), Shown, AfterValidator(_spdx)]
Paper = Annotated[str, Field(max_length=500, pattern=PAPER)]
Contact = Annotated[
    str, Field(max_length=300, pattern=r"^(?:[!-?A-~]+@[A-Za-z0-9.-]+|https://[A-Za-z0-9.-]+(?:/[!-~]*)?)$")
]
Metric = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Archive = Annotated[str, Field(pattern=r"^source/[A-Za-z0-9][A-Za-z0-9._+-]{0,150}\.whl$")]
