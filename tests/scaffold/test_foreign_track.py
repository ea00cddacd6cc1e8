"""A track from outside brings templates of its own, beside itself; nothing in the core knows of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from suite.errors import SuiteError
from suite.registry import Registry, load_registry
from suite.scaffold import new_method

TRACK = """
from pathlib import Path
from suite import Method, Track, hookimpl
from suite.contracts import Role

class Guesser(Method):
    track = "guessing"

@hookimpl
def suite_register_tracks(register):
    roles = ROLES
    register(Track("guessing", "Guessing", "Who guesses?", Guesser, roles=roles))
"""
ROLE = '(Role("guesser", "Guesses.", {Guesser: "checks:GuesserContract"}, Path(__file__).with_name("guesser")),)'
METHOD = '''
from guessing import Guesser
from suite import Card, hookimpl

class {{ class_name }}(Guesser):
    """Guesses."""
    name, version = "{{ name }}", "1"
    {{ card }}

{{ hook.replace("type[" + class_name + "]", "object").replace("Callable[[object], None]", "object") }}
'''


def registry(folder: Path, roles: str) -> Registry:
    (folder / "guessing.py").write_text(TRACK.replace("ROLES", roles))
    return load_registry((folder / "guessing.py",))


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "guesser"
    folder.mkdir()
    (folder / "method.py.jinja").write_text(METHOD)
    (folder / "test_method.py.jinja").write_text("{{ test_head }}\n")
    return folder


def test_its_template_is_rendered_with_what_the_built_in_ones_get(tmp_path: Path, templates: Path) -> None:
    made = new_method(registry(tmp_path, ROLE), "my-guess", "guessing", folder=tmp_path / "new")
    assert made.role == "guesser"
    assert 'name, version = "my-guess", "1"' in made.files["my_guess.py"]
    assert "from my_guess import MyGuess" in made.files["tests/test_my_guess.py"]
    assert "suite run --task TASK --method my-guess" in made.files["README.md"]  # the track has none yet
    assert not made.folder.exists()


def test_a_track_without_a_template_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(
        SuiteError, match=r"no template for a method\. Its author can add one with Track\(roles="
    ) as told:
        new_method(registry(tmp_path, "()"), "my-guess", "guessing", folder=tmp_path / "new")
    assert told.value.place == str(tmp_path / "guessing.py")


def test_a_template_that_asks_for_more_than_there_is_is_named(tmp_path: Path, templates: Path) -> None:
    (templates / "method.py.jinja").write_text("{{ colour }}")
    with pytest.raises(SuiteError, match=r"cannot render the template method\.py\.jinja: UndefinedError: 'colour'"):
        new_method(registry(tmp_path, ROLE), "my-guess", "guessing", folder=tmp_path / "new")
    (templates / "test_method.py.jinja").unlink()
    with pytest.raises(SuiteError, match=r"cannot render the template test_method\.py\.jinja"):
        new_method(registry(tmp_path, ROLE), "my-guess", "guessing", folder=tmp_path / "new")


@pytest.mark.parametrize(
    ("roles", "why"),
    [
        ('[Role("guesser", "Guesses.", {})]', "They must be a tuple of suite.contracts.Role"),
        ('(Role("Guesser", "Guesses.", {}),)', "They must be different names in lower case"),
        ('(Role("guesser", "Guesses.", {}),) * 2', "They must be different names in lower case"),
        ('(Role("guesser", "Guesses.", {Guesser: "GuesserContract"}),)', "not 'module:Class' of a Method"),
        ('(Role("guesser", "Guesses.", {int: "checks:GuesserContract"}),)', "not 'module:Class' of a Method"),
        ('(Role("guesser", "Guesses.", {}, Path("nowhere")),)', "a template that is not a folder"),
    ],
)
def test_roles_that_say_what_cannot_be_are_refused(tmp_path: Path, roles: str, why: str) -> None:
    (failure,) = registry(tmp_path, roles).failures
    assert why in failure.message
