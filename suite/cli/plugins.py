"""``suite plugins``."""

from __future__ import annotations

from typing import Annotated

import typer

from suite.cli.output import Format, FormatOption, StrictOption, echo, print_list


def plugins(
    form: FormatOption = Format.table,
    strict: StrictOption = False,
    tracebacks: Annotated[bool, typer.Option("--traceback", help="Print the tracebacks of failures.")] = False,
) -> None:
    """List the plugins: where each comes from, what it registered, and what failed."""
    from suite.registry import load_registry
    from suite.settings import load_settings

    settings = load_settings()
    registry = load_registry(settings.plugins, settings.disabled_plugins)
    rows = [
        {
            "plugin": plugin.name,
            "status": plugin.status,
            "distribution": plugin.distribution,
            "version": plugin.version,
            "origin": plugin.origin,
            "hooks": plugin.hooks,
            "registered": plugin.registered,
            "failures": [f"{failure.stage}: {failure.message}" for failure in plugin.failures],
        }
        for plugin in registry.plugins
    ]
    print_list(rows, form)
    if tracebacks and form is Format.table:
        for failure in registry.failures:
            echo(f"\n{failure.plugin}, {failure.stage} ({failure.distribution} {failure.version}, {failure.origin})")
            echo(failure.traceback)
    if strict and registry.failures:
        raise typer.Exit(1)
