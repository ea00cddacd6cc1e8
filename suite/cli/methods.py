"""``suite methods`` and ``suite methods show``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from suite.cli.listing import Rows, listed
from suite.cli.output import Format, FormatOption, PluginOption, StrictOption, echo, load, print_json, print_list

if TYPE_CHECKING:
    from suite.contracts import Method
    from suite.registry import Entry, Registry

app = typer.Typer(help="List the methods, or show one.", invoke_without_command=True, no_args_is_help=False)


@app.callback()
def methods(context: typer.Context, form: FormatOption = Format.table, strict: StrictOption = False) -> None:
    """List the methods."""
    if context.invoked_subcommand:
        return
    print_list(listed("methods", _rows, strict), form)


def _rows(registry: Registry) -> Rows:
    return [
        {
            "method": entry.value.name,
            "track": entry.value.track,
            "standing": entry.value.standing,
            "needs": sorted(entry.value.needs),
            "uses": sorted(entry.value.uses),
            "version": entry.value.version,
            "status": entry.value.card.status,
            "title": entry.value.card.title,
            "year": entry.value.card.year,
            "plugin": entry.plugin.name,
        }
        for entry in registry.methods
    ]


@app.command()
def show(
    method: Annotated[str, typer.Argument(help="Method, for example energy or ood/energy.")],
    form: Annotated[Format, typer.Option("--format", "-f", help="Print a table or JSON.")] = Format.table,
    plugin: PluginOption = None,
) -> None:
    """Show what a method is, and its parameters with their defaults."""
    registry, _ = load(plugin_files=plugin)
    from suite.contracts.method import as_text
    from suite.run.selection import matching

    names = matching(method, [entry.name for entry in registry.methods], "method", place="suite methods show")
    for number, entry in enumerate(map(registry.methods.entry, names)):
        if form is Format.json:
            print_json(json.dumps(_document(entry), indent=1, ensure_ascii=False) + "\n")
            continue
        card = entry.value.card
        echo(("\n" if number else "") + f"{entry.name} {entry.value.version}: {card.title} [{card.status}]")
        if card.paper:
            echo(f"{card.authors}: {card.paper}{f', {card.year}' if card.year else ''} {card.url or ''}")
        access = {"needs": entry.value.needs, "makes something of": entry.value.uses}
        echo(
            "; ".join(
                [
                    entry.value.standing,
                    *(f"{verb} {', '.join(sorted(words))}" for verb, words in access.items() if words),
                ]
            )
        )
        for text in (card.note, (entry.value.__doc__ or "").strip()):
            if text:
                echo(f"\n{text}")
        rows = [
            {"parameter": name, **about, "default": as_text(about["default"])}
            for name, about in _parameters(entry).items()
        ]
        if entry.value.partners:
            roles = ", ".join(f"{role} ({contract.__name__})" for role, contract in entry.value.partners.items())
            echo(f"\npartners, named by: suite run --set {entry.value.name}.ROLE=METHOD: {roles}")
        if rows:
            echo(f"\nparameters, changed by: suite run --set {entry.value.name}.NAME=VALUE")
            print_list(rows, Format.table)


def _document(entry: Entry[type[Method]]) -> dict[str, Any]:
    return {
        "method": entry.value.name,
        "track": entry.value.track,
        "standing": entry.value.standing,
        "needs": sorted(entry.value.needs),
        "uses": sorted(entry.value.uses),
        "partners": {role: contract.__name__ for role, contract in entry.value.partners.items()},
        "version": entry.value.version,
        "card": entry.value.card.model_dump(),
        "parameters": _parameters(entry),
        "origin": f"{entry.value.__module__}:{entry.value.__qualname__}",
        "distribution": f"{entry.plugin.distribution} {entry.plugin.version}".strip(),
    }


def _parameters(entry: Entry[type[Method]]) -> dict[str, dict[str, Any]]:
    schema = entry.value.Parameters.model_json_schema()["properties"] if entry.value.Parameters.model_fields else {}
    defaults = entry.value.Parameters().model_dump(mode="json")
    kinds = {name: about.get("type") or _union(about) for name, about in schema.items()}
    grid = entry.value.grid
    return {
        name: {
            "default": defaults[name],
            "type": kinds[name],
            "about": about.get("description", ""),
            **({"tuned among": ", ".join(map(str, grid.get(name, ())))} if grid else {}),
        }
        for name, about in schema.items()
    }


def _union(about: dict[str, Any]) -> str:
    if "enum" in about:
        return " | ".join(map(str, about["enum"]))
    return " | ".join(str(part.get("type", "?")) for part in about.get("anyOf", []))
