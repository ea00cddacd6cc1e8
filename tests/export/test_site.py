"""The site is whole, valid, works without scripts and from any folder, and shows texts as texts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import pytest

import suite.leaderboard
from suite.board.answer import answers
from suite.board.artifact import load_board
from suite.board.board import Board, board_of
from suite.board.model import Track
from suite.export.addresses import relative, table_page
from suite.export.parts import HEAVY
from suite.export.site import export_site
from suite.export.tasks import task_content

from ..board.conftest import Store
from .conftest import MARKUP, SCRIPT, VARIED, files

URL = "https://example.org/board/"
KINDS = ("tables", "metrics")
HTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def site(board: Board, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that no test changes."""
    site = tmp_path_factory.mktemp("site") / "site"
    export_site(board, site, URL, ["demo/waiting"])
    return site


def parsed(site: Path) -> Iterator[tuple[str, ElementTree.Element]]:
    """Yield each page by its path; whatever is not valid HTML raises."""
    for path, content in files(site).items():
        if path.endswith(".html"):
            parser = html5lib.HTMLParser(strict=True)
            yield path, parser.parse(content, transport_encoding="utf-8")


def text_of(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_a_command_to_copy_runs_nothing_else(board: Board) -> None:
    table = board.of_task(VARIED)[0]
    setting = {**table.setting, "amount": "$(id);id"}
    shown = task_content(table.model_copy(update={"setting": setting}), [], "0")
    assert shown["command"].endswith("--setting 'amount=$(id);id'")


def test_every_page_is_valid_and_complete(site: Path) -> None:
    pages = dict(parsed(site))
    kinds = {path.split("/")[0] for path in pages}
    assert kinds == {"index.html", "404.html", "tracks", "tasks", "tables", "metrics", "methods"}
    for page in pages.values():
        heads = {meta.get("name") or meta.get("property"): meta.get("content") for meta in page.iter(f"{HTML}meta")}
        assert all(heads[name] for name in ("description", "og:title", "og:description", "og:url", "viewport"))
        assert [heading.tag for heading in page.iter() if heading.tag == f"{HTML}h1"] == [f"{HTML}h1"]


def test_links_lead_to_files_of_the_site_wherever_it_lies(site: Path) -> None:
    here = set(files(site))
    for path, page in parsed(site):
        for element in page.iter():
            address = element.get("href") or element.get("src") or ""
            if not address or address.startswith(("#", "https://")):
                continue
            target = (site / path).parent / address
            assert target.resolve().relative_to(site.resolve()).as_posix() in here, (path, address)


def test_a_site_of_parts_is_whole(board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suite.export.parts.HEAVY", 3000)  # lighter than any page with an item
    second = Track(name="second", title="Second", question="And?")
    tables = [*board.tables, board.tables[0].model_copy(update={"track": "second", "task": "second/only"})]
    export_site(board_of(tables, [*board.index.tracks, second]), tmp_path / "site", URL)
    here = set(files(tmp_path / "site"))
    assert {"index~2.html", f"{table_page(board.entries[0].file, 2)}", "tracks/demo~2.html"} <= here
    test_links_lead_to_files_of_the_site_wherever_it_lies(tmp_path / "site")
    rows = [path for path in here if path.startswith(table_page(board.entries[0].file).removesuffix(".html"))]
    text = " ".join((tmp_path / "site" / path).read_text() for path in rows if path.endswith(".html"))
    assert text.count('<th scope="row">') == len(board.tables[0].rows)


def test_texts_of_plugins_are_texts(site: Path) -> None:
    said = ""
    for path, page in parsed(site):
        tags = {element.tag.removeprefix(HTML) for element in page.iter() if isinstance(element.tag, str)}
        assert not tags & {"img", "iframe", "object", "form"}, path
        scripts = list(page.iter(f"{HTML}script"))
        assert [text_of(script) for script in scripts] == [""]
        assert all(name[:2] != "on" and name != "style" for element in page.iter() for name in element.attrib)
        said += text_of(page)
    assert MARKUP in said
    assert SCRIPT in said
    assert not re.search("[\u202a-\u202e\x00-\x08\x1b]", said)


def test_scripts_and_styles_come_from_the_site_alone(site: Path) -> None:
    for _, page in parsed(site):
        (policy,) = (meta.get("content") for meta in page.iter(f"{HTML}meta") if meta.get("http-equiv"))
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy


def test_a_table_answers_who_is_not_told_apart_from_the_best(site: Path, board: Board) -> None:
    entry = next(entry for entry in board.entries if entry.task == VARIED)
    table = board.table(entry)
    page = dict(parsed(site))[table_page(entry.file)]
    (said,) = answers(table)
    assert said.startswith("2 of 3 are not told apart from the best: alpha, beta")
    assert said in text_of(page)
    lines = [line for line in page.iter(f"{HTML}tr") if line.find(f"{HTML}th[@scope='row']") is not None]
    named = {text_of(line.find(f"{HTML}th")): line for line in lines}
    assert [name for name, line in named.items() if line.get("class") == "t"] == [
        row.label for row in table.rows if row.rank and row.rank.tied
    ]
    assert "1 (1–2) ≈" in text_of(named["alpha"])
    assert all(line.find(".//{*}svg") is not None for line in lines)
    groups = [text_of(head) for head in page.iter(f"{HTML}th") if head.get("scope") == "rowgroup"]
    assert groups == [
        "References and methods that are not installed: no place, compared with the first row alone",
        "Not ranked; the reasons stand below",
    ]


def test_what_is_not_ranked_and_why_stands_below(site: Path, board: Board) -> None:
    entry = next(entry for entry in board.entries if entry.task == "demo/plain")
    text = text_of(dict(parsed(site))[table_page(entry.file)])
    assert "beta" in text
    assert "seed 0 failed, seeds 1–4 are not done" in text
    assert "1 failed" in text


def test_the_files_beside_a_table_are_the_boards(site: Path, board: Board) -> None:
    for entry in board.entries:
        for kind in ("json", "csv", "parquet"):
            assert (site / "tables" / f"{entry.file}.{kind}").read_bytes() == board.file(entry, kind)


def test_two_exports_are_identical_though_the_board_is_built_anew(store: Store, tmp_path: Path) -> None:
    export_site(load_board(store.settings, store.registry), tmp_path / "one")
    again = load_board(store.settings, store.registry, tmp_path / "elsewhere")
    again.index = again.index.model_copy(update={"built": "2031-01-01T00:00:00+00:00"})
    export_site(again, tmp_path / "deep" / "two")
    assert files(tmp_path / "one") == files(tmp_path / "deep" / "two")


def test_search_engines_get_a_map_where_the_address_is_known(site: Path, board: Board, tmp_path: Path) -> None:
    places = [place.text for place in ElementTree.parse(site / "sitemap.xml").iter() if place.tag.endswith("loc")]
    pages = {path for path in files(site) if path.endswith(".html")} - {"404.html"}
    assert sorted(places) == sorted(f"{URL}{path.replace('~', '~')}" for path in pages)
    assert f"Sitemap: {URL}sitemap.xml" in (site / "robots.txt").read_text()
    export_site(board, tmp_path / "nowhere")
    assert not (tmp_path / "nowhere" / "sitemap.xml").exists()
    assert "canonical" not in (tmp_path / "nowhere" / "index.html").read_text()


def test_links_to_a_table_are_shown_with_its_picture(site: Path, board: Board, tmp_path: Path) -> None:
    file = board.entries[0].file
    page = dict(parsed(site))[table_page(file)]
    (image,) = (meta.get("content") for meta in page.iter(f"{HTML}meta") if meta.get("property") == "og:image")
    assert image == f"{URL}tables/{file}.png"
    assert (site / "tables" / f"{file}.png").read_bytes().startswith(b"\x89PNG")
    export_site(board, tmp_path / "nowhere")
    assert not list((tmp_path / "nowhere").rglob("*.png"))


def test_the_page_for_what_is_not_there_works_at_any_depth(site: Path) -> None:
    page = dict(parsed(site))["404.html"]
    addresses = [element.get("href") or element.get("src") for element in page.iter() if element.get("href")]
    assert all(address.startswith((URL, "#")) for address in addresses)


def test_the_index_names_tasks_without_results(site: Path) -> None:
    assert "demo/waiting" in (site / "index.html").read_text()


def test_an_empty_board_makes_a_site_that_says_so(tmp_path: Path) -> None:
    export_site(board_of([]), tmp_path / "site")
    assert "Nothing to show yet" in (tmp_path / "site" / "index.html").read_text()
    assert len(list(parsed(tmp_path / "site"))) == 2


@pytest.mark.slow
def test_no_page_is_heavy_however_large_the_table(board: Board, tmp_path: Path) -> None:
    table = next(board.table(entry) for entry in board.entries if entry.task == VARIED)
    subsets = ("test", *(f"part/{number}" for number in range(40)))
    rows = [
        row.model_copy(
            update={
                "method": f"demo/m{number}",
                "name": f"{'long-' * 8}{number}",
                "values": tuple(row.values[0].model_copy(update={"subset": subset}) for subset in subsets),
            }
        )
        for number in range(500)
        for row in [table.rows[number % 3]]
    ]
    large = table.model_copy(update={"rows": tuple(rows), "subsets": subsets})
    export_site(board_of([large]), tmp_path / "site")
    heaviest = max(len(content) for content in files(tmp_path / "site").values() if content.startswith(b"<!DOCTYPE"))
    assert heaviest <= HEAVY
    tables, metrics = ([page.read_text() for page in (tmp_path / "site" / kind).glob("*.html")] for kind in KINDS)
    assert sum(page.count('<th scope="row">') for page in tables) == 500
    assert sum(page.count('<th scope="row">') for page in metrics) == 500
    assert len(metrics) > 1
    assert all(f"of {len(metrics)}:" in page for page in metrics)


def test_the_icon_is_the_apps() -> None:
    ours = Path(__file__).parent.parent.parent / "suite" / "export" / "assets" / "icon.svg"
    assert ours.read_bytes() == Path(suite.leaderboard.__file__).with_name("icon.svg").read_bytes()


@pytest.mark.skipif(shutil.which("w3m") is None, reason="there is no w3m on the PATH: apt-get install w3m")
def test_a_table_reads_well_in_a_text_browser(site: Path, board: Board) -> None:
    entry = next(entry for entry in board.entries if entry.task == VARIED)
    command = ["w3m", "-dump", "-cols", "200", str(site / table_page(entry.file))]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
    assert "2 of 3 are not told apart from the best: alpha, beta" in text
    assert re.search(r"1 \(1–2\) ≈ +alpha +90\.40", text)


def test_relative_addresses() -> None:
    assert relative("index.html", "tables/a.html") == "../index.html"
    assert relative("methods/a/b.html", "index.html") == "methods/a/b.html"
    assert relative("tables/a.json", "tables/a.html") == "a.json"


def test_the_manifest_names_every_file_with_its_hash(site: Path) -> None:
    from suite.hashing import file_digest

    manifest = json.loads((site / "export.json").read_text())["files"]
    assert manifest == {path: file_digest(site / path) for path in files(site) if path != "export.json"}
