"""The one gate for text: what plugins, files and errors say, as a person may see it on a page, a terminal or a sheet.

Such text can hold escape sequences that drive a terminal, control characters, and marks that turn the reading
direction. None of them is shown.
"""

from __future__ import annotations

import re
import unicodedata

_ESCAPES = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # OSC, as a terminal's title or a link
    r"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x9c]*(?:\x1b\\|\x9c)"  # DCS, SOS, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI, as colours and cursor movements
    r"|\x1b[ -/]*[0-~]?"  # all others, and those that never end, whose text is shown
)
_HIDDEN = {"Cc", "Cf", "Zl", "Zp"}
_RAW = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0001-\U000e007f]"
)


def clean(text: object) -> str:
    """Return the text on one line, without escape sequences, control characters and direction marks.

    Half a surrogate pair, which no file can hold, becomes the replacement character.
    """
    line = str(text)
    if line.isprintable() and "  " not in line and line == line.strip():
        return line
    return " ".join(_shown(" ".join(_ESCAPES.sub("", line).split())).split())


def block(text: object) -> str:
    """Return text of several lines, as a traceback, each of them cleaned; its indents and spaces stay."""
    lines = _ESCAPES.sub("", str(text)).splitlines()
    return "\n".join(line if line.isprintable() else _shown(line.expandtabs(4)) for line in lines)


def escaped(document: str) -> str:
    r"""Return a JSON text that says the same, with what must not reach a terminal written as ``\u202e``.

    JSON's own rules escape the signs below the space already.
    """
    return _RAW.sub(lambda sign: "".join(f"\\u{unit:04x}" for unit in _units(sign[0])), document)


def _shown(line: str) -> str:
    signs = ("\ufffd" if unicodedata.category(sign) == "Cs" else sign for sign in line)
    return "".join(sign for sign in signs if unicodedata.category(sign) not in _HIDDEN)


def _units(sign: str) -> list[int]:
    data = sign.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]
