"""``suite plugins``."""

from __future__ import annotations

from typing import Annotated

import typer

from suite.cli.output import Format, FormatOption, PluginOption, StrictOption, echo, print_list


def plugins(
    form: FormatOption = Format.table,
    strict: StrictOption = False,
    plugin: PluginOption = None,
    tracebacks: Annotated[bool, typer.Option("--traceback", help="Print the traceback of each failure.")] = False,
) -> None:
    """List the plugins: where each comes from, what it registers, and what fails."""
    from suite.registry import load_registry
    from suite.settings import load_settings

    settings = load_settings()
    files = (*settings.plugins, *(file.resolve() for file in plugin or ()))
    registry = load_registry(files, settings.disabled_plugins)
    rows = [
        {
            "plugin": loaded.name,
            "status": loaded.status,
            "distribution": loaded.distribution,
            "version": loaded.version,
            "origin": loaded.origin,
            "hooks": loaded.hooks,
            "registered": loaded.registered,
            "failures": [f"{failure.stage}: {failure.message}" for failure in loaded.failures],
        }
        for loaded in registry.plugins
    ]
    print_list(rows, form)
    if tracebacks and form is Format.table:
        for failure in registry.failures:
            echo(f"\n{failure.plugin}, {failure.stage} ({failure.distribution} {failure.version}, {failure.origin})")
            echo(failure.traceback)
    if strict and registry.failures:
        raise typer.Exit(1)
