"""Cards of reconstructions: they say in one form what was not to be had."""

from __future__ import annotations

import re

from suite.discovery import OWN
from suite.registry import load_registry

FORMULA = "Reconstruction: the authors' formula was not available."
CODE = "Reconstruction: the authors' code was not available."
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
        name: match and match[0] for name, match in said.items() if not match or match[0] not in (FORMULA, CODE)
    }
    assert len(notes) > len(OTHERWISE)
    assert otherwise == {name: f"Reconstruction: {words}." for name, words in OTHERWISE.items()}
