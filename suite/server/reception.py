"""Taking in an upload: counted and hashed as it comes, and on disk under a name of our own."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.requests import Request

from suite.server.limits import Limits
from suite.server.refusal import Refusal

MEDIA_TYPES = ("application/zip", "application/x-tar", "application/gzip")
UNFINISHED = ".upload-"


class Reception:
    """A file that is being received. No name, path or type of the client's is used."""

    def __init__(self, folder: Path, limit: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{UNFINISHED}{secrets.token_hex(8)}"
        self.size = 0
        self._limit = limit
        self._hash = hashlib.sha256()
        self._file = self.path.open("xb")

    def write(self, chunk: bytes) -> None:
        """Take in a piece. Raises `Refusal` as soon as there is more than the limit."""
        self.size += len(chunk)
        if self.size > self._limit:
            raise too_large(self._limit)
        self._hash.update(chunk)
        self._file.write(chunk)

    def finish(self) -> str:
        """Put all of it on disk, and return its sha256. Raises `Refusal` if there is nothing."""
        if not self.size:
            raise Refusal(422, "the upload is empty", next="send a zip or tar archive of the submission's folder")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._hash.hexdigest()

    def keep(self, name: str) -> None:
        """Give the file its lasting name, beside the unfinished one."""
        self.path.replace(self.path.with_name(name))

    def drop(self) -> None:
        """Remove the file if it was not kept."""
        self._file.close()
        self.path.unlink(missing_ok=True)


@asynccontextmanager
async def receiving(request: Request, limits: Limits) -> AsyncIterator[None]:
    """Refuse a body that says it is too large, that is compressed on the way, or that takes too long."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refusal(415, "a Content-Encoding is not accepted", next="send the archive as it is")
    length = request.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > limits.upload_bytes + 4096:  # a form's own lines
        raise too_large(limits.upload_bytes)
    try:
        async with asyncio.timeout(limits.upload_seconds):
            yield
    except TimeoutError:
        raise Refusal(408, f"the upload took more than {limits.upload_seconds:.0f} s", next="try again") from None


def too_large(limit: int) -> Refusal:
    """Return the refusal of an upload of more bytes than the limit."""
    return Refusal(
        413, f"the upload has more than {limit:,} bytes", next="leave out samples: suite submit pack --help",
        headers={"Connection": "close"},
    )  # fmt: skip
