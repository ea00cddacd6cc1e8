"""The comment: made of an artifact that a stranger may have written, whatever is in it."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from .test_workflows import GITHUB

ROW = {
    **{"task": "ood/digits", "setting": "", "column": "auroc (near)", "method": "energy", "seeds": "3 of 3 seeds"},
    **{"value": "97.1", "rank": "1", "field": 4, "tied": True, "difference": "0", "best": "energy"},
    **{"best_value": "97.1", "why": ""},
}
PROBLEM = {"cause": "it was removed", "place": "energy-again", "next": "suite submit withdraw energy-again"}
CHANGE = {"name": "energy-again", "kind": "added", "ok": True, "runs": 3, "problems": [], "rows": [ROW]}
REVIEW = {"format": 1, "ok": True, "left": 0, "changes": [CHANGE]}
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "[click](https://example.org)",
    "![x](https://example.org/x.png)",
    "@everyone please look, see #1 and https://example.org www.example.org",
    "| a | b |",
    "`code` **bold** <!-- hidden",
    "</code><h1>big</h1>",
    "line\n\n# heading\r\n- item",
    "\u202egnol \x1b[31m",
    "&lt;b&gt; &#60;b&#62;",
    "```\nfence",
    "$$\\frac{1}{2}$$",
    "x" * 10_000,
)

TAGS = {"h3", "h4", "p", "ul", "li", "strong", "code", "table", "thead", "tbody", "tr", "th", "td"}


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def made(script: ModuleType, review: Any) -> str:
    return str(script.comment(json.dumps(review).encode()))


def test_a_good_review_is_a_list_and_a_table(script: ModuleType) -> None:
    wrong = {**CHANGE, "ok": False, "problems": [PROBLEM], "rows": [], "kind": "removed"}
    text = made(script, {**REVIEW, "changes": [CHANGE, wrong], "left": 2})
    assert text.startswith(script.MARKER)
    assert "- ✅ <code>energy&#45;again</code>, added: fine, 3 runs" in text
    assert "- ❌ <code>energy&#45;again</code>, removed: 1 problem" in text
    assert "**2 more were not looked at.**" in text
    assert "<code>1</code> of 4, tied with the best" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {7}
    assert len(rows) == 3


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_text_wherever_it_stands(script: ModuleType, text: str) -> None:
    row = {name: text if isinstance(value, str) else value for name, value in ROW.items()}
    problems = [dict.fromkeys(PROBLEM, text)]
    changes = [{**CHANGE, "name": text, "rows": [row]}, {**CHANGE, "name": text, "ok": False, "problems": problems}]
    comment = made(script, {**REVIEW, "changes": changes})
    harmless = made(
        script,
        {**REVIEW, "changes": [json.loads(json.dumps(each).replace(json.dumps(text)[1:-1], "x")) for each in changes]},
    )
    # Without what stands inside of <code>, both comments are the same.
    assert outside(comment) == outside(harmless)
    for inside in re.findall(r"<code>(.*?)</code>", comment):
        assert re.fullmatch(r"(?:[A-Za-z0-9 ]|&#\d+;)*", inside)
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(comment)
    assert {*re.findall(r"<([a-z0-9]+)", page)} <= TAGS


def outside(comment: str) -> str:
    return re.sub(r"<code>.*?</code>", "<code></code>", comment)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*REVIEW, *CHANGE, *ROW]), inner, max_size=4)
    ),
    max_leaves=10,
)


def test_anything_else_is_refused_and_never_a_fault(script: ModuleType) -> None:
    @given(document=JSON, name=st.sampled_from([*REVIEW, *CHANGE, *ROW]), content=st.binary(max_size=50))
    def check(document: Any, name: str, content: bytes) -> None:
        change = {**CHANGE, "rows": [{**ROW, name: document}], **({name: document} if name in CHANGE else {})}
        review = {**REVIEW, "changes": [change], **({name: document} if name in REVIEW else {})}
        for bytes_of_it in (content, json.dumps(document).encode(), json.dumps(review).encode()):
            try:
                comment = script.comment(bytes_of_it)
            except script.Hostile:
                continue
            assert len(comment) < 65_536

    check()


def test_a_long_review_is_cut(script: ModuleType) -> None:
    change = {
        **CHANGE,
        "rows": [{name: "&" * 300 if isinstance(value, str) else value for name, value in ROW.items()}] * 100,
    }
    comment = made(script, {**REVIEW, "changes": [change] * 2})
    assert len(comment) < 65_536
    assert comment.endswith("The rest is in the artifact of the workflow.")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04broken",
        zipped({"../number": b"1"}),
        zipped({"number": b"1", "other": b""}),
        zipped({"number": b"1" * 30}),
        zipped({"review.json": b" " * (2**21 + 1)}),
        b"x" * (2**21 + 1),
    ],
)
def test_an_artifact_of_other_files_or_sizes_is_refused(script: ModuleType, content: bytes) -> None:
    with pytest.raises(script.Hostile):
        script.unpacked(content)


GH = """#!{python}
import json, sys
from pathlib import Path
here = Path(__file__).parent
arguments = sys.argv[1:]
with (here / "asked").open("a") as asked:
    asked.write(json.dumps(arguments) + chr(10))
path = arguments[1].partition("?")[0]
if "--method" in arguments:
    (here / "posted").write_text(sys.stdin.read())
elif path.endswith("/zip"):
    sys.stdout.buffer.write((here / "artifact.zip").read_bytes())
else:
    print((here / path.replace("/", "_")).read_text())
"""


class Posting:
    """The script in a process of its own, with a client of GitHub that only writes down what it is asked."""

    def __init__(self, folder: Path, files: dict[str, bytes], head: str = "abc", comments: Any = ()) -> None:
        self.folder = folder
        (folder / "gh").write_text(GH.format(python=sys.executable))
        (folder / "gh").chmod(0o755)
        content = zipped(files)
        (folder / "artifact.zip").write_bytes(content)
        artifacts = [{"id": 5, "name": "review", "size_in_bytes": len(content)}] if files else []
        self.answer("repos/o/r/actions/runs/7/artifacts", {"artifacts": artifacts})
        self.answer("repos/o/r/pulls/12", {"head": {"sha": head}})
        self.answer("repos/o/r/issues/12/comments", [list(comments)])

    def answer(self, path: str, document: Any) -> None:
        (self.folder / path.replace("/", "_")).write_text(json.dumps(document))

    def run(self) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": f"{self.folder}:{os.environ['PATH']}", "REPOSITORY": "o/r", "RUN": "7", "HEAD": "abc"}
        command = [sys.executable, "-I", str(GITHUB / "review" / "post.py")]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    @property
    def posted(self) -> list[list[str]]:
        asked = [json.loads(line) for line in (self.folder / "asked").read_text().splitlines()]
        return [arguments[1:4] for arguments in asked if "--method" in arguments]


FILES = {"number": b"12", "review.json": json.dumps(REVIEW).encode()}


def test_the_comment_is_posted_once_and_then_renewed(tmp_path: Path, script: ModuleType) -> None:
    first = Posting(tmp_path, FILES)
    assert first.run().returncode == 0
    assert first.posted == [["repos/o/r/issues/12/comments", "--method", "POST"]]
    assert json.loads((tmp_path / "posted").read_text())["body"] == made(script, REVIEW)
    ours = {"id": 9, "user": {"login": "github-actions[bot]"}, "body": script.MARKER}
    others = {"id": 8, "user": {"login": "somebody"}, "body": script.MARKER}
    again = Posting(tmp_path, FILES, comments=[others, ours])
    assert again.run().returncode == 0
    assert again.posted[-1] == ["repos/o/r/issues/comments/9", "--method", "PATCH"]


@pytest.mark.parametrize(
    ("files", "head", "why"),
    [
        (FILES, "other", "not of, or that has newer commits"),
        ({**FILES, "number": b"12; echo"}, "abc", "names no pull request"),
        ({**FILES, "number": b"../../x"}, "abc", "names no pull request"),
        ({"review.json": FILES["review.json"]}, "abc", "names no pull request"),
        ({**FILES, "review.json": b"{}"}, "abc", "format is missing"),
    ],
)
def test_what_a_stranger_made_up_is_not_posted(tmp_path: Path, files: dict[str, bytes], head: str, why: str) -> None:
    posting = Posting(tmp_path, files, head)
    done = posting.run()
    assert done.returncode == 1
    assert why in done.stderr
    assert "Traceback" not in done.stderr
    assert posting.posted == []


@pytest.mark.parametrize("files", [{}, {"number": b"12"}])
def test_without_a_review_nothing_is_posted(tmp_path: Path, files: dict[str, bytes]) -> None:
    posting = Posting(tmp_path, files)
    assert posting.run().returncode == 0
    assert posting.posted == []
