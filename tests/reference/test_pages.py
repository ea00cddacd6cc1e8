"""The reference has all that the code has, and a word about each: what nobody described fails here."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import typer

from suite import hookspecs
from suite.board.files import read_index
from suite.board.ready import READY
from suite.board.shelf import Shelf
from suite.contracts import Metric, Setting
from suite.reference import commands, hooks, pages, tasks
from suite.registry import HOOKS, Registry, load_registry
from suite.settings import Settings
from suite.store import schema

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def made(registry: Registry) -> dict[str, str]:
    return pages(registry)


def sections(page: str) -> dict[str, str]:
    """Return the text of each second heading."""
    _, *parts = re.split(r"^## ", page, flags=re.MULTILINE)
    return dict(part.split("\n", 1) for part in parts)


def undescribed(page: str) -> list[str]:
    """Return the headings without a paragraph but a title, and the first cells of rows whose last cell is empty."""
    page = re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL)
    bare = [title for title, text in sections(page).items() if not re.search(r"^(?!\*\*)[^|\n]", text, re.MULTILINE)]
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if re.match(r"^\| .*\|\s*\|$", line)]
    return [*bare, *(row[0] for row in rows)]


def test_every_hook_is_there(made: dict[str, str]) -> None:
    assert list(sections(made["hooks.md"])) == list(HOOKS)


def test_every_setting_is_there(made: dict[str, str]) -> None:
    named = re.findall(r"^\| `SUITE_(\w+)` \|", made["settings.md"], re.MULTILINE)
    assert named == [name.upper() for name in Settings.model_fields]


def test_every_verb_is_there_with_every_option(made: dict[str, str]) -> None:
    shown = sections(made["command-line.md"])
    assert list(shown) == list(words(commands.app, "suite"))
    for name, command, _ in commands.verbs():
        for option in command.params:
            if option.opts[0].startswith("-"):
                assert all(spelling in shown[name] for spelling in (*option.opts, *option.secondary_opts)), name


def words(app: typer.Typer, name: str) -> Iterator[str]:
    """Yield what is typed for every command, from what was registered."""
    yield name
    for command in app.registered_commands:
        assert command.callback
        yield f"{name} {command.name or command.callback.__name__}"
    for group in app.registered_groups:
        assert group.typer_instance
        assert group.name
        yield from words(group.typer_instance, f"{name} {group.name}")


def test_every_table_of_the_store_is_there(made: dict[str, str]) -> None:
    shown = sections(made["store.md"])
    assert list(shown) == list(schema.metadata.tables)
    for name, table in schema.metadata.tables.items():
        assert re.findall(r"^\| `(\w+)` \|", shown[name], re.MULTILINE) == table.c.keys()


def test_every_public_name_is_there(made: dict[str, str]) -> None:
    shown = sections(made["python.md"])
    assert len(shown) >= 11
    for module, text in shown.items():
        names = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
        assert names == sorted(import_module(module).__all__)


def test_every_task_method_and_metric_is_there(made: dict[str, str], registry: Registry) -> None:
    for track in (entry.name for entry in registry.tracks):
        tasks = [entry for entry in registry.tasks if entry.name.startswith(f"{track}/")]
        assert list(sections(made[f"tasks/{track}.md"])) == [entry.name for entry in tasks]
        methods = registry.methods_of(track)
        assert list(sections(made[f"methods/{track}.md"])) == [entry.value.name for entry in methods]
        metrics = {metric.name for entry in tasks for metric in entry.value.metrics}
        assert list(sections(made[f"metrics/{track}.md"])) == sorted(metrics)


def test_every_published_table_is_there_with_date_and_command(made: dict[str, str]) -> None:
    index = read_index(Shelf(READY))
    assert index is not None
    for track in index.tracks:
        page = made[f"results/{track.name}.md"]
        entries = [entry for entry in index.entries if entry.track == track.name]
        titles = [f"{entry.task}, {Setting(entry.setting)}".removesuffix(", ") for entry in entries]
        assert list(sections(page)) == titles
        told = re.findall(r"Last run (\d{4}-\d\d-\d\d): `suite board --task (\S+)[ `]", page)
        assert told == [((entry.ended or "")[:10], entry.task) for entry in entries]
        rows = re.findall(r"^\| (?:\d|–|reference)", page, re.MULTILINE)
        assert len(rows) == sum(len(entry.results) for entry in entries)


def test_every_definition_is_told_once(made: dict[str, str], registry: Registry) -> None:
    for name, page in made.items():
        if name.startswith("metrics/"):
            told = [line for line in page.splitlines() if line and not line.startswith(("#", "`"))]
            assert len(told) == len(set(told)), name


def test_pages_link_to_what_is_in_the_reference(made: dict[str, str], registry: Registry) -> None:
    linked = {
        (page.stem, address)
        for page in (ROOT / "docs").glob("*.md")
        for address in re.findall(r"\]\(index\.md#the-reference \"([^\"]+)\"\)", page.read_text(encoding="utf-8"))
    }
    assert {address for _, address in linked} <= made.keys()
    for track in (entry.name for entry in registry.tracks):
        assert (track, f"metrics/{track}.md") in linked, "its page tells no formula of a metric again"


def test_a_word_is_said_about_each(made: dict[str, str], registry: Registry) -> None:
    assert {name: bare for name, page in made.items() if (bare := undescribed(page))} == {}
    assert without_text(registry) == []


def without_text(registry: Registry) -> list[str]:
    """Return the methods that have no text of their own: that of a base is not about them."""
    return [entry.name for entry in registry.methods if not vars(entry.value)["__doc__"]]


def test_what_nobody_described_is_found(
    monkeypatch: pytest.MonkeyPatch, made: dict[str, str], registry: Registry
) -> None:
    monkeypatch.setattr(hookspecs.suite_register_pages, "__doc__", None)
    assert undescribed(hooks.page()) == ["suite_register_pages"]
    monkeypatch.setattr(registry.tasks["ood/digits"], "summary", "")
    monkeypatch.setattr(registry.methods["ood/energy"], "__doc__", None)
    assert undescribed(tasks.page(registry, registry.tracks["ood"])) == ["ood/digits"]
    assert without_text(registry) == ["ood/energy"]
    with pytest.raises(ValueError, match="definition"):
        Metric(name="speed", direction="higher", unit="fraction", definition="")
    assert undescribed(made["settings.md"].replace("folder of the store, the cache and the board", "")) == [
        "`SUITE_HOME`"
    ]


def test_texts_of_the_code_are_shown_as_they_are(made: dict[str, str]) -> None:
    from suite.reference.markdown import line, prose, table

    assert prose("``a_b`` of <x> * y_1 | [z]\n\n* one\n* two") == (
        "`a_b` of &lt;x&gt; \\* y\\_1 \\| \\[z\\]\n\n* one\n* two"
    )
    assert line("two\n    lines") == "two lines"
    assert table(("a",), []) == ""
    assert inspect.cleandoc(hookspecs.__doc__ or "").split()[0] in made["hooks.md"]
