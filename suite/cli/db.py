"""``suite db``."""

from __future__ import annotations

import typer

from suite.cli.output import echo

app = typer.Typer(help="Look after the store's schema.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring the store's schema up to date; a backup is made first."""
    from suite.settings import load_settings
    from suite.store.engine import shown
    from suite.store.migrate import check_not_newer
    from suite.store.migrate import upgrade as migrate
    from suite.store.schema import REVISION

    url = load_settings().database_url
    check_not_newer(url)
    backup = migrate(url)
    echo(f"{shown(url)} has schema {REVISION}" + (f"; the backup is {backup}" if backup else ""))


@app.command()
def status() -> None:
    """Print the store's URL and schema revision, once its pages were found in order."""
    from suite.settings import load_settings
    from suite.store.engine import check_pages, reader_engine, shown, translated
    from suite.store.migrate import current_revision
    from suite.store.schema import REVISION

    url = load_settings().database_url
    with translated(url):
        found = current_revision(reader_engine(url))
    check_pages(url)
    echo(f"{shown(url)}: schema {found or 'none'}; this version of basin-suite uses {REVISION}")
