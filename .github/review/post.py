"""Post the review of a pull request as a comment: ``python3 -I .github/review/post.py``.

The environment names REPOSITORY, RUN (the workflow run with the artifact) and HEAD (the commit that it was for), all
from GitHub. The artifact names the pull request; it is believed only if that pull request's newest commit is HEAD.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))  # -I leaves it out
from render import MARKER, Hostile, comment

ARTIFACT, FILES = "review", {"number": 20, "review.json": 2**21}
"""The artifact's name, and the bytes that its files may have."""
PACKED = 2**21
BOT = "github-actions[bot]"


def main() -> None:
    """Read the artifact, and post or renew the comment."""
    repository, run, head = (os.environ[name] for name in ("REPOSITORY", "RUN", "HEAD"))
    files = read_artifact(repository, run)
    if "review.json" not in files:
        print("there is no review to post")  # the check ended before it wrote one
        return
    number = checked_number(files.get("number", b""), repository, head)
    post(repository, number, comment(files["review.json"]))


def read_artifact(repository: str, run: str) -> dict[str, bytes]:
    """Return the files of the run's artifact; nothing if it has none.

    Raises:
        Hostile: it is too large, or has other files.
    """
    listed = json.loads(gh(f"repos/{repository}/actions/runs/{run}/artifacts?name={ARTIFACT}"))["artifacts"]
    if not listed:
        return {}
    if listed[0]["size_in_bytes"] > PACKED:
        raise Hostile("the artifact is too large")
    return unpacked(gh(f"repos/{repository}/actions/artifacts/{int(listed[0]['id'])}/zip"))


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the files of a zip, in memory alone. Raises `Hostile` if they are too large, or others."""
    if len(content) > PACKED:
        raise Hostile("the artifact is too large")
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                if member.filename not in FILES or member.filename in files:
                    raise Hostile("the artifact has files that are not awaited")
                with archive.open(member) as stream:
                    files[member.filename] = stream.read(FILES[member.filename] + 1)
                if len(files[member.filename]) > FILES[member.filename]:
                    raise Hostile(f"{member.filename} is too large")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise Hostile("the artifact is no zip") from error
    return files


def checked_number(content: bytes, repository: str, head: str) -> int:
    """Return the pull request that the artifact names. Raises `Hostile` if the run was not for its newest commit."""
    if not re.fullmatch(rb"[1-9][0-9]{0,8}", content):
        raise Hostile("the artifact names no pull request")
    number = int(content)
    if json.loads(gh(f"repos/{repository}/pulls/{number}"))["head"]["sha"] != head:
        raise Hostile("the artifact names a pull request that it is not of, or that has newer commits")
    return number


def post(repository: str, number: int, body: str) -> None:
    """Put the comment in the place of the one that is there, or add it."""
    pages: list[list[dict[str, Any]]] = json.loads(
        gh(f"repos/{repository}/issues/{number}/comments?per_page=100", "--paginate", "--slurp")
    )
    ours = [
        each for page in pages for each in page if each["user"]["login"] == BOT and str(each["body"]).startswith(MARKER)
    ]
    document = json.dumps({"body": body}).encode()
    if ours:
        path = f"repos/{repository}/issues/comments/{int(ours[0]['id'])}"
        gh(path, "--method", "PATCH", "--input", "-", content=document)
    else:
        gh(f"repos/{repository}/issues/{number}/comments", "--method", "POST", "--input", "-", content=document)


def gh(path: str, *options: str, content: bytes | None = None) -> bytes:
    """Return what GitHub's API answers, asked by its own client."""
    return subprocess.run(["gh", "api", path, *options], input=content, stdout=subprocess.PIPE, check=True).stdout


if __name__ == "__main__":
    try:
        main()
    except Hostile as error:
        sys.exit(f"not posted: {error}")
