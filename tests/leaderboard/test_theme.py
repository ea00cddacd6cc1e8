"""Colours: the same for a status wherever it is shown, and enough contrast in light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import suite.leaderboard.components.theme as theme
from suite.contracts.card import Status

CSS = Path(theme.__file__).with_name("theme.css").read_text()
PAIRS = dict(re.findall(r"--(\w+): light-dark\((#\w+, #\w+)\)", CSS))


def colour(name: str, dark: bool) -> str:
    return PAIRS[name].split(", ")[dark]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(over: str, ground: str, share: float) -> str:
    parts = ((int(over[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in parts)


@pytest.mark.parametrize("dark", [False, True])
def test_text_has_a_contrast_of_at_least_four_and_a_half(dark: bool) -> None:
    for ground in ("ground", "raised", "tie"):
        shaded = mixed(colour("accent", dark), colour(ground, dark), 0.12)
        for ink in ("ink", "quiet", "accent"):
            assert contrast(colour(ink, dark), colour(ground, dark)) >= 4.5, (ink, ground)
        assert contrast(colour("ink", dark), shaded) >= 4.5
        assert contrast(colour("quiet", dark), shaded) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_marks_have_a_contrast_of_at_least_three(dark: bool) -> None:
    for look in theme.LOOKS.values():
        for ground in ("ground", "raised", "tie"):
            assert contrast(look.dark if dark else look.light, colour(ground, dark)) >= 3


def test_every_status_has_a_colour_and_a_shape_of_its_own() -> None:
    assert set(Status.__args__) | {"not installed"} == set(theme.LOOKS)
    for part in zip(*theme.LOOKS.values(), strict=True):
        assert len(set(part)) == len(theme.LOOKS)


def test_scales_do_not_depend_on_what_else_is_present(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme, "is_dark", lambda: False)
    few, more = theme.scales(["reconstruction"]), theme.scales(["paper", "baseline", "reconstruction"])
    assert few["colours"] == [theme.LOOKS["reconstruction"].light]
    assert dict(zip(more["domain"], more["colours"], strict=True))["reconstruction"] == few["colours"][0]
    assert dict(zip(more["domain"], more["shapes"], strict=True))["reconstruction"] == few["shapes"][0]


def test_a_status_is_said_in_words_beside_its_shape() -> None:
    assert theme.status("paper").striptags() == "● paper"
    assert "<b>" not in theme.status("<b>")
