"""Which of the built-in methods each kind of task of the track declines, and why."""

from __future__ import annotations

import pytest

from suite.registry import load_registry

REGISTRY = load_registry()
METHODS = {entry.value.name: entry.value for entry in REGISTRY.methods_of("replay") if entry.plugin.name != "(file)"}


def declined(task: str, *partners: str) -> dict[str, str]:
    """Return the reason by method, for those that a task declines."""
    instance = REGISTRY.tasks[f"replay/{task}"]()
    beside = [METHODS[name] for name in partners]
    reasons = {name: instance.declines(method, instance.setting({}), beside) for name, method in METHODS.items()}
    return {name: reason for name, reason in reasons.items() if reason}


@pytest.mark.parametrize("task", ["split-digits", "outliers", "split-mnist", "split-cifar10", "split-cifar100"])
def test_a_stream_declines_nothing(task: str) -> None:
    assert declined(task) == {}


@pytest.mark.parametrize("task", ["ddpm", "ddpm-cifar10", "stable-diffusion"])
def test_a_denoiser_has_neither_stream_nor_logits(task: str) -> None:
    reasons = declined(task)
    assert {name for name, reason in reasons.items() if "stream" in reason} == {
        *("aser", "class-balanced-reservoir", "gdumb", "gss", "mir", "reservoir", "ring"),
        *("dpp-stream", "hopfield-energy-stream", "minority-score-stream"),
    }
    rest = {name: reason for name, reason in reasons.items() if "stream" not in reason}
    assert rest == {
        "ccs": "it gives no history",
        **dict.fromkeys(("entropy", "margin", "rainbow"), "it gives no logits"),
    }


def test_an_associative_memory_has_patterns_alone() -> None:
    reasons = declined("hopfield")
    assert reasons["loss-high"] == reasons["loss-low"] == "it gives no losses"
    assert set(METHODS) - set(reasons) == {
        *("class-balanced", "closest-to-mean", "dpp", "herding", "joint", "k-center", "minority-score", "no-replay"),
        *("random", *(name for name in METHODS if name.startswith("hopfield-energy") and "stream" not in name)),
    }


def test_a_partner_without_a_stream_is_declined_with_the_method() -> None:
    assert declined("ddpm", "mir")["hopfield-energy"] == "it gives no stream"
    assert declined("split-digits", "mir") == {}


def test_selectors_are_ranked_apart_and_nothing_takes_long() -> None:
    track = REGISTRY.tracks["replay"]
    assert track.privileges == {"task end"}
    assert track.on_request == set()
