"""``suite doctor``."""

from __future__ import annotations

import dataclasses

import typer

from suite.cli.output import Format, FormatOption, PluginOption, echo, load, print_list

WIDE = 14


def doctor(
    plugin: PluginOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Look for problems in store, samples, cache, board, plugins and machine. Print a command that repairs each.

    The check reads every file and changes nothing. Exit status: 0, or 1 if it finds a problem.
    """
    from suite.text import clean
    from suite.upkeep.doctor import examine

    registry, settings = load(plugin_files=plugin)
    findings = []
    for finding in examine(settings, registry):
        findings.append(finding)
        if form is Format.table:
            mend = f"; next: {clean(finding.next)}" if finding.next else ""
            echo(f"{finding.verdict:{WIDE}}{finding.part:{WIDE}}{clean(finding.what)}{mend}")
    if form is not Format.table:
        print_list([dataclasses.asdict(finding) for finding in findings], form)
    if any(finding.verdict == "wrong" for finding in findings):
        raise typer.Exit(1)
