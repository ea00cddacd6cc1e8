"""replay/stable-diffusion: the very loading code on a tiny pipeline, and the whole protocol on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from suite import extras
from suite.benchmarks.replay import ddpm_cifar10
from suite.benchmarks.replay.stable_diffusion import KEPT, PIPELINE, StableDiffusionTask
from suite.cache import Cache
from suite.contracts import Card, Missing, Resources, TaskContext
from suite.contracts.samples import stored_table
from suite.data.split import Split
from suite.diffusion.stable import SCHEDULE, StableDiffusion
from suite.diffusion.training import DenoisingRecipe
from suite.errors import SuiteError
from suite.run.scoring import scores_of
from suite.settings import load_settings
from suite.tracks.replay import Exemplars, ReplayContext, ReplaySelector
from suite.tracks.replay.denoising.protocol import RECONSTRUCTION

from ...support.pipeline import TOKENS, write_pipeline


class FarthestOut(ReplaySelector):
    """The latents farthest from their mean, after a look at their losses."""

    name, version = "farthest-out", "1"
    card = Card(title="For a test", status="baseline")

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> torch.Tensor:
        assert context.learner.losses(candidates).isfinite().all()
        return context.learner.features(candidates).norm(dim=1).argsort(descending=True)[:capacity]


class TinyTask(StableDiffusionTask):
    """Images of 16x16 for the autoencoder, a few updates."""

    id = "replay/tiny-stable-diffusion"
    memory_bytes = 3 * (32 * 32 * 3 + 8)
    first_recipe = DenoisingRecipe(updates=5, batch_size=4, learning_rate=1e-3, average=0.5)
    second_recipe = first_recipe
    timesteps = (100, 300)

    def diffusion(self) -> StableDiffusion:
        return replace(super().diffusion(), size=16)


@pytest.fixture
def at(tmp_path: Path, write_images: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Resources:
    """A mirror with a few images, and random weights."""
    monkeypatch.setattr(ddpm_cifar10, "IMAGES", 12)
    monkeypatch.setattr(ddpm_cifar10, "HELD_OUT", 6)
    rng = np.random.default_rng(0)
    for split, count in {"train": 60, "test": 30}.items():
        images = rng.integers(256, size=(count, 32, 32, 3)).astype(np.uint8)
        file = tmp_path / "data" / "uoft-cs/cifar10" / "plain_text" / f"{split}-00000-of-00001.parquet"
        write_images(file, images, np.arange(count) % 10, columns=("img", "label"))
    write_pipeline(tmp_path / "weights" / PIPELINE.repository)
    settings = load_settings(data=tmp_path / "data", weights=tmp_path / "weights", cache=tmp_path / "cache")
    return Resources(settings, Cache(settings.cache_folder))


def test_the_whole_protocol_runs(at: Resources) -> None:
    task, context = TinyTask(), TaskContext(0, at)
    for ingredient in task.requires(0):
        ingredient.fingerprint(at)
    assert None not in [ingredient.known_fingerprint(at) for ingredient in task.requires(0)]
    task.prepare(context)
    outcome = task.evaluate(FarthestOut(), context)
    found = {(score.metric, score.subset): score for score in scores_of(task, outcome.samples)}
    assert found["reconstruction_forgetting", "all"].n == 12
    assert found["reconstruction_forgetting", "not replayed"].n == 9
    assert found["new_task_error", "new task"].n == 6
    assert found["buffer_bytes", "all"].value == 3 * (32 * 32 * 3 + 8)
    assert found["extra_forward_passes", "all"].value == 2 * 12
    again = task.samples.read(stored_table(outcome.samples))
    assert scores_of(task, again) == scores_of(task, outcome.samples)


def test_latents_are_the_mode_of_the_posterior_scaled_and_encoded_once(at: Resources) -> None:
    experiment = TinyTask().experiment(TaskContext(0, at))
    diffusion, split = experiment.diffusion, experiment.design.old
    assert isinstance(diffusion, StableDiffusion)
    latents = diffusion.inputs(split, at)
    assert latents.shape == (12, 4, 8, 8)
    vae = diffusion.pipeline.load("vae", at)
    images = diffusion.transform.normalise(split.pixels(diffusion.transform, at))
    images = torch.nn.functional.interpolate(images, size=(16, 16), mode="bicubic").clamp(-1, 1)
    with torch.no_grad():
        expected = vae.encode(images).latent_dist.mean * 0.18215
    torch.testing.assert_close(latents, expected)
    (file,) = (at.cache.folder / "latents").glob("*.safetensors")
    written = file.stat().st_mtime_ns
    assert torch.equal(diffusion.inputs(split, at), latents)
    assert file.stat().st_mtime_ns == written


def test_the_unet_alone_is_trained_and_told_the_empty_prompt(at: Resources) -> None:
    diffusion = TinyTask().diffusion()
    network = diffusion.network(0, at)
    encoder, tokenizer = (diffusion.pipeline.load(part, at) for part in ("text_encoder", "tokenizer"))
    tokens = tokenizer("", padding="max_length", max_length=TOKENS, return_tensors="pt").input_ids
    assert tokens.tolist() == [[0] + [1] * (TOKENS - 1)]
    with torch.no_grad():
        torch.testing.assert_close(network.prompt, encoder(tokens).last_hidden_state)
    assert {name.split(".")[0] for name, _ in network.named_parameters()} == {"unet"}
    latents, times = torch.randn(2, 4, 8, 8), torch.tensor([10, 900])
    expected = network.unet(latents, times, encoder_hidden_states=network.prompt.repeat(2, 1, 1)).sample
    torch.testing.assert_close(network(latents, times), expected)


def test_the_schedule_is_that_of_the_weights() -> None:
    """As in the repository's scheduler/scheduler_config.json."""
    from diffusers.schedulers import PNDMScheduler

    theirs = PNDMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
    torch.testing.assert_close(SCHEDULE.kept.float(), theirs.alphas_cumprod, rtol=1e-4, atol=1e-6)
    assert StableDiffusionTask().diffusion().schedule is SCHEDULE


def test_the_buffer_holds_small_images_and_weights_are_pinned() -> None:
    task = StableDiffusionTask()
    assert task.slot_bytes() == 32 * 32 * 3 + 8
    assert task.capacity() == KEPT
    assert len(PIPELINE.revision) == 40
    assert int(PIPELINE.revision, 16)
    assert RECONSTRUCTION in task.summary


def test_it_says_what_is_missing(at: Resources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = at.settings.model_copy(update={"weights": None})
    with pytest.raises(Missing, match="no stable-diffusion-v1-5/stable-diffusion-v1-5 under SUITE_WEIGHTS"):
        TinyTask().model(0).known_fingerprint(Resources(settings, at.cache))
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "transformers" else object())
    with pytest.raises(SuiteError, match="the package transformers is not installed"):
        TinyTask().model(0).known_fingerprint(at)


def test_images_are_of_the_classes_of_their_task(at: Resources) -> None:
    task = TinyTask()
    splits: list[Split] = [task.old(at), task.new(at), task.judged(at)]
    assert [len(split.rows(at)) for split in splits] == [12, 12, 6]
    assert max(splits[0].targets(at)) < 5 <= min(min(split.targets(at)) for split in splits[1:])
