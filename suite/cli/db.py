"""``suite db``."""

from __future__ import annotations

import typer

from suite.cli.output import echo

app = typer.Typer(help="Check or upgrade the database of the store.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Upgrade the store to this version. A backup is made first."""
    from suite.settings import load_settings
    from suite.store.migrate import check_not_newer
    from suite.store.migrate import upgrade as migrate
    from suite.store.schema import REVISION
    from suite.store.urls import shown

    url = load_settings().database_url
    check_not_newer(url)
    backup = migrate(url)
    echo(f"{shown(url)} has schema {REVISION}" + (f"; the backup is {backup}" if backup else ""))


@app.command()
def status() -> None:
    """Check the store's database file, then print its URL and schema revision."""
    from suite.settings import load_settings
    from suite.store.complaints import translated
    from suite.store.engine import reader_engine
    from suite.store.migrate import current_revision
    from suite.store.pages import check_pages
    from suite.store.schema import REVISION
    from suite.store.urls import shown

    url = load_settings().database_url
    with translated(url):
        found = current_revision(reader_engine(url))
    check_pages(url)
    echo(f"{shown(url)}: schema {found or 'none'}; this version of basin-suite uses {REVISION}")
