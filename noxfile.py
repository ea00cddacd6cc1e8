"""Chores, one command each: ``nox -s fast``, ``slow``, ``lint``, ``types``, ``docs``. `.ci/run` has all."""

from __future__ import annotations

import nox

nox.options.sessions = ["lint", "types", "fast"]
nox.options.reuse_existing_virtualenvs = True


@nox.session
def fast(session: nox.Session) -> None:
    """Run the default stage of the tests, or the files that follow ``--``."""
    session.install("-e", ".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """Run the slow stage of the tests."""
    session.install("-e", ".[test]")
    session.run("pytest", "-m", "slow and not packaging", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting, which module imports which, and the lines for the changelog."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")
    session.run("towncrier", "build", "--draft", "--version", "next")


@nox.session
def types(session: nox.Session) -> None:
    """Check types."""
    session.install("-e", ".[test,dev]")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation site into ``site``; a warning is an error."""
    session.install("-e", ".[docs]")
    session.run("mkdocs", "build", "--strict", env={"NO_MKDOCS_2_WARNING": "1"})
