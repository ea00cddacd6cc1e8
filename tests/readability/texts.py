"""The texts that people read: help, messages, docstrings of modules, pages of the documentation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from suite.reference.commands import verbs

ROOT = Path(__file__).resolve().parents[2]
FRONT = (
    "README.md",
    *(
        f"docs/{name}.md"
        for name in (
            "index",
            "first-board",
            "first-method",
            "contributing-a-method",
            "commands",
            "submitting",
            "leaderboard",
            "statistics",
            "trust",
        )
    ),
)
RAISED = re.compile(
    r"\b(\w*Error|_?Refused|Refusal|Damaged|Unanswered|NoSuchRun|SeveralRuns|Absent|Taken|Broken|Odd|NotInteger|Missing"
    r"|NoLatentWeights|OverBudget|Unavailable|Undecodable|Unreadable|InvalidOutcome|CannotRepeat|Inconsistent|Garbled)\("
)
"""Calls whose first argument is a message, but for a refusal, which starts with a status of HTTP."""

WORD = "this"
"""What stands for a name, a path, a command or a value: it is no prose, and its length says nothing about the prose."""
NAMES = re.compile(
    r"``.+?``|`[^`]+`"  # code
    r"|https?://\S+"
    r"|--?[a-z][\w-]*"  # options
    r"|[\w.*-]*/[\w./*-]+"  # paths, names of tasks
    r"|\b\w+\.(?:py|json|yaml|md|parquet|toml|csv|zip|whl)\b"
    r"|\b\w*_\w*\b|\b[A-Z]{2,}\w*\b|\b\w+[a-z][A-Z]\w*\b"  # identifiers, abbreviations
    r"|\b[a-z]+(?:\.[a-z]+)+\b"  # module.name
    r"|\b[a-z]+=\S+"
)


class Text(NamedTuple):
    """A text, what kind it is, and where it stands."""

    kind: str
    place: str
    text: str

    @property
    def prose(self) -> str:
        """The text with one word for each name, on one line."""
        return " ".join(NAMES.sub(WORD, self.text).split())


def collected() -> Iterator[Text]:
    """Yield every text, kind by kind."""
    return chain(help_texts(), messages(), docstrings(), paragraphs())


def help_texts() -> Iterator[Text]:
    """Yield the help of every command, argument and option of the command line."""
    for name, command, _ in verbs():
        yield Text("help", name, command.help or "")
        for parameter in command.params:
            if (about := getattr(parameter, "help", None)) and not parameter.hidden:
                yield Text("help", f"{name} {parameter.opts[0]}", about)


def messages() -> Iterator[Text]:
    """Yield the message of every error that the code makes, with one word for each value that is put in."""
    for path in (file for folder in ("suite", "leaderboard") for file in sorted((ROOT / folder).rglob("*.py"))):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if RAISED.search(source) else ():
            if isinstance(node, ast.Call) and RAISED.fullmatch(f"{_name(node.func)}("):
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield from (Text("error", place, text) for part in node.args[:2] for text in _literals(part))


def docstrings() -> Iterator[Text]:
    """Yield the docstring of every module of ``suite``."""
    for path in sorted((ROOT / "suite").rglob("*.py")):
        if about := ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))):
            yield Text("docstring", str(path.relative_to(ROOT)), about)


def paragraphs() -> Iterator[Text]:
    """Yield the paragraphs and items of the front pages; no code, no table, no heading."""
    for name in FRONT:
        page = re.sub(r"^```.*?^```", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        page = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", page).replace("**", "")
        page = re.sub(r"^(?:[|#].*|\s*(?:\*|-|\d+\.) )", "\n", page, flags=re.MULTILINE)
        for part in re.split(r"\n\s*\n", page):
            if part.strip():
                yield Text(f"page {name}", name, part.strip())


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _literals(node: ast.expr) -> Iterator[str]:
    """Yield each text that an expression may be: both branches of a choice, and nothing for a bare variable."""
    if isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else WORD for part in node.values)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = next(_literals(node.left), WORD), next(_literals(node.right), WORD)
        yield left + right
