"""Cards of reconstructions: they say in one form what was not available."""

from __future__ import annotations

import re
from pathlib import Path

from suite.contracts.card import NO_CODE, NO_FORMULA
from suite.discovery import OWN
from suite.registry import load_registry

ROOT = Path(__file__).resolve().parents[2]
OTHERWISE = {
    "memorization/opposite-guidance": "the released file with opposite guidance and a dynamic transition does not run "
    "as it is; the rule was read from it",
    "ood/bonsai": "made from the abstract; criterion, rounds and schedules of the authors were not at hand",
    "ood/hvcm": "written from the abstract, by the task's reference recipe and without the authors' self-distillation; "
    "not their implementation",
    "ood/invad": "written from the abstract, on pixels with a small denoiser; not the authors' implementation",
    "ood/unicon-ha": "written from the abstract, with labels and a small network; not the authors' implementation",
    "quantization/outlier-tune": "from the abstract, which names the folding and a symmetrization and no formula",
    "quantization/svdquant": "from the abstract alone",
    "replay/minority-score": "the authors' code was not at hand",
    "replay/minority-score-stream": "the authors' code was not at hand",
}
"""Cards that say it otherwise. A card lies in the source of its method, so another word makes published rows stale:
to be brought to one of the two sentences, and deleted here, when these methods are run again."""


def test_reconstructions_say_in_one_form_what_was_not_available() -> None:
    cards = {entry.name: entry.value.card for entry in load_registry().methods if entry.plugin.distribution == OWN}
    notes = {name: card.note for name, card in cards.items() if card.status == "reconstruction"}
    said = {name: re.match(r"Reconstruction: [^.]*\.(?= |$)", note) for name, note in notes.items()}
    otherwise = {
        name: match and match[0] for name, match in said.items() if not match or match[0] not in (NO_FORMULA, NO_CODE)
    }
    assert len(notes) > len(OTHERWISE)
    assert otherwise == {name: f"Reconstruction: {words}." for name, words in OTHERWISE.items()}


def test_the_sentences_are_typed_once_and_told_to_authors_of_plugins() -> None:
    typed = {
        str(path.relative_to(ROOT))
        for folder in ("suite", "benchmarks", "leaderboard")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"[\"']Reconstruction: the authors'", path.read_text(encoding="utf-8"))
    }
    assert typed == {"suite/contracts/card.py"}
    page = " ".join((ROOT / "docs" / "plugins.md").read_text(encoding="utf-8").split())
    assert all(f"*{sentence}*" in page for sentence in (NO_FORMULA, NO_CODE))
