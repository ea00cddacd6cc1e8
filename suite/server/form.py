"""The form of the upload page, read as it comes in: fields first, so that a stranger's file is never taken in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from suite.server.reception import Reception
from suite.server.refusal import Refusal

PARTS, HEADERS = 4, 8
FIELD_BYTES = 200

Begin = Callable[[dict[str, str]], Awaitable[Reception]]
"""Is given the fields that came before the file, and returns where the file goes, or refuses it."""


class _Parts:
    """What the parser met since it was last asked, in order."""

    def __init__(self, boundary: bytes) -> None:
        self.pieces: list[tuple[str, bytes]] = []
        self._headers: dict[bytes, bytes] = {}
        self._header = [b"", b""]
        self._count = self._files = 0
        self._kind = ""
        self.parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_part_data": lambda data, start, end: self.pieces.append((self._kind, data[start:end])),
                "on_header_field": lambda data, start, end: self._add(0, data[start:end]),
                "on_header_value": lambda data, start, end: self._add(1, data[start:end]),
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
            },
        )

    def _begin(self) -> None:
        self._headers = {}
        self._header = [b"", b""]
        self._count += 1
        if self._count > PARTS:
            raise _malformed("it has too many parts")

    def _add(self, which: int, piece: bytes) -> None:
        self._header[which] += piece
        if len(self._header[which]) > 1000:
            raise _malformed("a header of a part is too long")

    def _end_header(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        if len(self._headers) > HEADERS:
            raise _malformed("a part has too many headers")
        self._header = [b"", b""]

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        self._kind = "file" if b"filename" in options else f"field {options.get(b'name', b'').decode('latin-1')}"
        self._files += self._kind == "file"
        if self._files > 1:
            raise _malformed("it has several files")
        self.pieces.append((self._kind, b""))


async def read_form(request: Request, begin: Begin | None) -> dict[str, str]:
    """Return the fields of a form; its file, if it has one, goes where ``begin`` says.

    Raises:
        Refusal: the form is malformed, too large, or holds a file where none is awaited.
    """
    kind, options = parse_options_header(request.headers.get("Content-Type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise Refusal(415, "this is not a form", next="open the upload page of this server")
    parts = _Parts(options[b"boundary"])
    fields: dict[str, str] = {}
    reception: Reception | None = None
    try:
        async for chunk in request.stream():
            parts.parser.write(chunk)
            for kind_of_piece, data in parts.pieces:
                if kind_of_piece == "file":
                    if reception is None:
                        reception = await _begun(begin, fields)
                    reception.write(data)
                else:
                    _add(fields, kind_of_piece.removeprefix("field "), data)
            parts.pieces.clear()
        parts.parser.finalize()
    except (FormParserError, UnicodeDecodeError) as error:
        raise _malformed(str(error)) from error
    return fields


async def _begun(begin: Begin | None, fields: dict[str, str]) -> Reception:
    if begin is None:
        raise _malformed("no file is awaited")
    return await begin(fields)


def _add(fields: dict[str, str], name: str, data: bytes) -> None:
    fields[name] = fields.get(name, "") + data.decode("ascii")
    if len(fields[name]) > FIELD_BYTES:
        raise _malformed("a field is too long")


def _malformed(why: Any) -> Refusal:
    return Refusal(400, f"cannot read the form: {why}", next="open the upload page of this server")
