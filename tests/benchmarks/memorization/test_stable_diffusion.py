"""memorization/stable-diffusion: the very loading code on random weights, and the whole protocol on them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from PIL import Image

from suite.benchmarks.memorization.digits import DigitsTask
from suite.benchmarks.memorization.stable_diffusion import StableDiffusionTask
from suite.cache import Cache
from suite.contracts import Column, Missing, Resources, TaskContext
from suite.contracts.samples import stored_table
from suite.diffusion.guidance import Attention, Plan
from suite.diffusion.stable import SCHEDULE
from suite.diffusion.steps import SchedulerSteps
from suite.errors import SuiteError
from suite.plugins.memorization.attention_scaling import AttentionScaling
from suite.plugins.memorization.best_of_n import BestOfN
from suite.plugins.memorization.none import Nothing
from suite.plugins.memorization.persample_noise import PersampleNoise
from suite.plugins.memorization.random_tokens import RandomTokens
from suite.run.identity import known_ingredients
from suite.run.scoring import scores_of
from suite.settings import load_settings
from suite.tracks.memorization import MitigationContext
from suite.tracks.memorization.border import BORDER
from suite.tracks.memorization.contract import steps_above
from suite.tracks.memorization.metrics import FREE, PLAIN
from suite.tracks.memorization.prompted.experiment import PromptedExperiment
from suite.tracks.memorization.prompted.prompts import MEMORIZED, ORDINARY, TRUTHS

from ...support.apart import Apart, pairs
from ...support.pipeline import TOKENS, write_clip, write_pipeline

PROMPTS = {"a": "VM", "a b": "VM", "b": "TM", "b a b": "TM", "b b": "TM"}
"""The last has no images."""


class TinyTask(StableDiffusionTask):
    """Few steps and noises; random weights bring nothing back."""

    id = "memorization/tiny-stable-diffusion"
    noises = 2
    ordinary = 2
    steps = 4
    rows = 3
    gap = fit = -2.0


class Descriptor(torch.nn.Module):
    """Colours of the four quarters of an image, for SSCD."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.adaptive_avg_pool2d(images, 2).flatten(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lists, images and weights."""
    folder = tmp_path_factory.mktemp("stable")
    lists, weights = folder / "data" / StableDiffusionTask.prompts.name, folder / "weights"
    write_pipeline(weights / StableDiffusionTask.pipeline.repository)
    write_clip(weights / StableDiffusionTask.clip.repository)
    torch.jit.script(Descriptor()).save(str(weights / StableDiffusionTask.sscd.file))
    rng = np.random.default_rng(0)
    for number in range(4):
        (lists / TRUTHS / str(number)).mkdir(parents=True)
        for name in "ab":
            pixels = rng.integers(256, size=(20, 30, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(lists / TRUTHS / str(number) / f"{name}.png")
    rows = [
        {"": number, "Caption": text, "URL": "https://example.org/a;b", "type": kind, "mean_sscd": "", "Index": number}
        for number, (text, kind) in enumerate(PROMPTS.items())
    ]
    with (lists / f"{MEMORIZED}.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    (lists / f"{ORDINARY}.jsonl").write_text("".join(json.dumps({"caption": text}) + "\n" for text in ("a a", "a b a")))
    return folder


def resources(folder: Path, cache: Path, **changes: Any) -> Resources:
    given = {"data": folder / "data", "weights": folder / "weights", "cache": cache, **changes}
    settings = load_settings(**given)
    return Resources(settings, Cache(settings.cache_folder))


@pytest.fixture(scope="module")
def at(folder: Path) -> Resources:
    return resources(folder, folder / "cache")


@pytest.fixture(scope="module")
def experiment(at: Resources) -> PromptedExperiment:
    return TinyTask().experiment(TaskContext(0, at))


@pytest.fixture
def apart() -> Iterator[Apart]:
    """Makes a method that runs apart."""
    yield from pairs(BORDER)


def context_of(experiment: PromptedExperiment, captions: torch.Tensor) -> MitigationContext:
    sampler, vocabulary = experiment.sampler(), experiment.vocabulary
    return MitigationContext(
        0, scale=7.0, timesteps=1000, sampler=sampler, captions=captions, vocabulary=vocabulary, ordinary=1.0
    )


METHODS = {
    "none": Nothing(),
    "random-tokens": RandomTokens(added=(1, 2)),
    "attention-scaling": AttentionScaling(factors=(1.0, 1.35), hide_padding=False),
    "best-of-n": BestOfN(candidates=(2,)),
    "persample-noise": PersampleNoise(targets=(0.01,), most=2),
}
QUICK = ("attention-scaling",)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in METHODS],
)
def test_the_whole_protocol_runs(name: str, at: Resources) -> None:
    task, context = TinyTask(), TaskContext(0, at)
    for ingredient in task.requires(0):
        ingredient.fingerprint(at)
    assert None not in [ingredient.known_fingerprint(at) for ingredient in task.requires(0)]
    task.prepare(context)
    outcome = task.evaluate(METHODS[name], context)
    found = {(score.metric, score.subset): score for score in scores_of(task, outcome.samples)}
    assert outcome.facts["prompts"] == "2 VM, 2 TM"
    for kind in ("VM", "TM"):
        assert 0 <= found["frontier_score", f"{kind}, whole sweep"].value <= 1
        for part in ("point 1", PLAIN, FREE):
            assert found["sscd_disc_mixup", f"{kind}, {part}"].n == 4
            assert found["clip_vit_b_32_laion2b", f"{kind}, {part}"].value != 0
        assert found["network_evaluations", f"{kind}, {PLAIN}"].value == 2 * task.steps
        assert found["network_evaluations", f"{kind}, {FREE}"].value == task.steps
    extra = {"best-of-n": 4, "persample-noise": 6}.get(name, 0)
    assert found["network_evaluations", "VM, point 1"].value == 2 * task.steps + extra
    assert found["backward_passes", "VM, point 1"].value == (4 if name == "persample-noise" else 0)
    if name in ("none", "attention-scaling"):  # a factor of 1 is none
        for metric in ("sscd_disc_mixup", "clip_vit_b_32_laion2b", "guidance_norm"):
            assert found[metric, "VM, point 1"].value == pytest.approx(found[metric, f"VM, {PLAIN}"].value, abs=1e-5)
    if name == "attention-scaling":  # one of 1.35 is another e, of the same noise
        strong, plain = (found["guidance_norm", f"VM, {part}"].value for part in ("point 2", PLAIN))
        assert abs(strong - plain) > 1e-4 * plain
    assert scores_of(task, task.samples.read(stored_table(outcome.samples))) == scores_of(task, outcome.samples)
    column = Column(metric="frontier_score", subset="TM, whole sweep")
    assert outcome.samples.resampled(column).basis == "bootstrap over prompts"
    (picture,) = outcome.samples.pictures("VM, whole sweep")
    assert f"frontier score {found['frontier_score', 'VM, whole sweep'].value:.2f}" in picture.description
    assert len(picture.spec["data"]["values"]) == 2 + len(METHODS[name].strengths)
    assert outcome.samples.pictures("VM, point 1") == ()


def test_samples_are_those_of_the_pipeline(at: Resources, experiment: PromptedExperiment) -> None:
    """diffusers' own loop gives the same latents, and so the same images."""
    from diffusers import DDIMScheduler, StableDiffusionPipeline

    parts = {name: TinyTask.pipeline.load(name, at) for name in ("unet", "vae", "text_encoder", "tokenizer")}
    scheduler = DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )
    pipeline = StableDiffusionPipeline(
        **parts, scheduler=scheduler, safety_checker=None, feature_extractor=None, requires_safety_checker=False
    )
    pipeline.set_progress_bar_config(disable=True)
    asked = experiment.asked(1)
    given = {"num_inference_steps": 4, "guidance_scale": 7.0, "latents": asked.noise, "num_images_per_prompt": 2}
    theirs = pipeline(asked.prompt.text, output_type="latent", **given).images
    ours = experiment._plain(asked.captions, asked.noise, 7.0).final
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-3)
    shown = pipeline(asked.prompt.text, output_type="np", **given).images
    pixels = np.stack([np.asarray(image) for image in experiment.images(ours)])
    assert np.abs(pixels - 255 * shown).max() <= 1


class Breaking(Nothing):
    """Plans nothing."""

    strengths: ClassVar[dict[str, Any]] = {"a hundredth": 0.01}

    def plan(self, strength: Any, noise: torch.Tensor, conditions: torch.Tensor, context: MitigationContext) -> Any:
        return None


def test_an_error_says_at_which_strength_and_prompt(at: Resources) -> None:
    with pytest.raises(ValueError, match="expected a Plan") as raised:
        TinyTask().evaluate(Breaking(), TaskContext(0, at))
    assert raised.value.__notes__ == ["at the strength 'a hundredth' of none, prompt 'a'"]


def test_timesteps_and_delays_are_those_of_the_paper() -> None:
    times = SchedulerSteps(SCHEDULE, "ddim-stable", 50).times
    assert times[:3] + times[-2:] == (981, 961, 941, 21, 1)
    counts = {900: 5, 880: 6, 860: 7, 840: 8, 780: 11, 720: 14, 999: 0}
    assert {border: steps_above(times, border) for border in counts} == counts


def test_prompts_are_laid_out_as_the_tokenizer_does(at: Resources, experiment: PromptedExperiment) -> None:
    tokenizer, encoder = (TinyTask.pipeline.load(part, at) for part in ("tokenizer", "text_encoder"))
    embedding, texts = experiment.network.captions, ["", "a b", "b a b a b a b a b"]
    told = embedding(embedding.tokens(texts))
    words = tokenizer(texts, padding="max_length", max_length=TOKENS, truncation=True, return_tensors="pt")
    with torch.no_grad():
        torch.testing.assert_close(told, encoder(words.input_ids)[0])
    torch.testing.assert_close(embedding.unconditional(2), told[:1].repeat(2, 1, 1))
    assert embedding.tokens(["a b"]).tolist() == [[0, 1, -1, -1, -1, -1]]
    added = torch.tensor([[0, 1, -1, -1, -1, -1, 1, 0]])
    torch.testing.assert_close(embedding(added), embedding(embedding.tokens(["a b b a"])))


class Scaled:
    """A processor of attention that multiplies the logits of the first token, and hides the last ones."""

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, **rest):
        batch, _, width = hidden_states.shape
        query, key, value = (
            layer(part).view(batch, -1, attn.heads, width // attn.heads).transpose(1, 2)
            for layer, part in (
                (attn.to_q, hidden_states),
                (attn.to_k, encoder_hidden_states),
                (attn.to_v, encoder_hidden_states),
            )
        )
        logits = query @ key.transpose(-2, -1) * attn.scale
        logits[:, :, :, 0] *= 1.3
        logits[:, :, :, 4:] = -torch.inf
        mixed = (logits.softmax(dim=-1) @ value).transpose(1, 2).reshape(batch, -1, width)
        return attn.to_out[1](attn.to_out[0](mixed))


def test_logits_are_scaled_and_padding_is_hidden(at: Resources, experiment: PromptedExperiment) -> None:
    asked = experiment.asked(1)  # two tokens, between a begin and an end
    context = context_of(experiment, asked.captions)
    conditions = experiment.vocabulary.embedded(asked.captions)
    plan = AttentionScaling().plan(1.3, asked.noise, conditions, context)
    assert plan.attention.factors[:, :2].tolist() == [[pytest.approx(1.3), 1.0]] * 2
    assert plan.attention.shown.sum(dim=1).tolist() == [4, 4]
    times = torch.full((2,), 981.0)
    with torch.no_grad():
        ours = experiment.network(asked.noise, times, conditions, plan.attention)
        plain = experiment.network(asked.noise, times, conditions)
        unet = TinyTask.pipeline.load("unet", at)
        own = unet.attn_processors
        unet.set_attn_processor({name: Scaled() if ".attn2." in name else own[name] for name in own})
        theirs = unet(asked.noise, times, encoder_hidden_states=conditions).sample
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(ours, plain, atol=1e-4)


def test_it_runs_apart_from_its_judge_alike(experiment: PromptedExperiment, apart: Apart) -> None:
    asked = experiment.asked(0)
    conditions = experiment.vocabulary.embedded(asked.captions)
    finals = []
    for method in (AttentionScaling(), apart(AttentionScaling)):
        context = context_of(experiment, asked.captions)
        plan = method.plan(1.35, asked.noise.clone(), conditions.clone(), context)
        finals.append(context.sampler.sample(plan).final)
    assert torch.equal(*finals)
    assert not torch.allclose(finals[0], experiment._plain(asked.captions, asked.noise, 7.0).final, atol=1e-4)


def test_a_denoiser_without_attention_declines_it(at: Resources) -> None:
    task = DigitsTask()
    assert task.declines(AttentionScaling, task.settings()[0]) == "it gives no attention"
    assert TinyTask().declines(AttentionScaling, TinyTask().settings()[0]) == ""
    sampler = task.experiment(TaskContext(0, at)).sampler()
    changed = Attention(torch.ones(1, 1), torch.ones(1, 1, dtype=torch.bool))
    plan = Plan(torch.zeros(1, 1, 8, 8), torch.zeros(1, 96), torch.zeros(len(sampler.times), 1), changed)
    with pytest.raises(ValueError, match="no cross-attention that could be changed"):
        sampler.sample(plan)


def test_sscd_is_the_largest_over_images(experiment: PromptedExperiment) -> None:
    prompt = experiment.prompts[0]
    latents = experiment.asked(0).noise
    found = experiment.judged(latents, prompt)
    own = [np.asarray(image.resize((320, 320), Image.Resampling.BILINEAR)) for image in experiment.images(latents)]
    gold = [np.asarray(image.resize((320, 320), Image.Resampling.BILINEAR)) for image in prompt.images()]

    def embedded(image: np.ndarray) -> np.ndarray:
        shown = (image / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
        quarters = shown.reshape(2, 160, 2, 160, 3).mean(axis=(1, 3)).transpose(2, 0, 1).ravel()
        return quarters / np.linalg.norm(quarters)

    expected = [max(float(embedded(image) @ embedded(truth)) for truth in gold) for image in own]
    assert found["sscd"].tolist() == pytest.approx(expected, abs=1e-4)
    assert found["apart"][0] == pytest.approx(1 - float(embedded(own[0]) @ embedded(own[1])), abs=1e-4)


@pytest.mark.parametrize(("limit", "told"), [("gap", "The SSCD of verbatim"), ("fit", "The CLIP cosine of verbatim")])
def test_weights_that_bring_nothing_back_tell_nothing(limit: str, told: str, at: Resources) -> None:
    strict = type("Strict", (TinyTask,), {limit: 2.1})
    with pytest.raises(SuiteError, match=rf"mitigation cannot be measured here\. {told} prompts is"):
        strict().prepare(TaskContext(0, at))


def test_a_list_of_documents_is_the_same_list(folder: Path, at: Resources, tmp_path: Path) -> None:
    lists = tmp_path / "data" / StableDiffusionTask.prompts.name
    lists.mkdir(parents=True)
    (lists / TRUTHS).symlink_to(folder / "data" / StableDiffusionTask.prompts.name / TRUTHS)
    rows = [{"caption": text, "type": kind, "index": k} for k, (text, kind) in enumerate(PROMPTS.items())]
    (lists / f"{MEMORIZED}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    there = resources(folder, tmp_path / "cache", data=tmp_path / "data")
    texts = {kind: [each.text for each in of] for kind, of in StableDiffusionTask.prompts.memorized(there).items()}
    assert texts == {"VM": ["a", "a b"], "TM": ["b", "b a b"]}
    with pytest.raises(Missing, match=rf"has no {ORDINARY}\.csv or \.jsonl\. Copy it there: no hub has it"):
        StableDiffusionTask.prompts.known_fingerprint(there)
    for line, told in {'{"caption": "a", "index": 1}': "type None", "[": "the line is not JSON"}.items():
        (lists / f"{MEMORIZED}.jsonl").write_text(line)
        with pytest.raises(SuiteError, match=told):
            StableDiffusionTask.prompts.memorized(there)
    (lists / f"{MEMORIZED}.jsonl").write_text(json.dumps(rows[0]))
    with pytest.raises(SuiteError, match="there are no images of TM prompts"):
        StableDiffusionTask.prompts.memorized(there)
    (lists / TRUTHS).unlink()
    (lists / TRUTHS / "0").mkdir(parents=True)
    (lists / TRUTHS / "0" / "a.png").write_text("no image")
    (lists / TRUTHS / "0" / ".DS_Store").touch()
    (lists / TRUTHS / "2").symlink_to(lists / TRUTHS / "0")
    (lists / f"{MEMORIZED}.jsonl").write_text("\n".join(json.dumps(rows[k]) for k in (0, 2)))
    (prompt,) = StableDiffusionTask.prompts.memorized(there)["VM"]
    assert [path.name for path in prompt.truths] == ["a.png"]
    with pytest.raises(SuiteError, match=r"(?s)a file of the prompt 'a' is not an image.*0/a\.png"):
        prompt.images()


def test_it_says_what_is_missing(folder: Path, tmp_path: Path) -> None:
    task = StableDiffusionTask()
    without = resources(folder, tmp_path / "cache", weights=None, data=None, hub=False)
    for ingredient, told in (
        (task.prompts, "memorized-prompts needs SUITE_DATA"),
        (task.pipeline, "no CompVis/stable-diffusion-v1-4 under SUITE_WEIGHTS; the hub is off"),
        (task.sscd, "SUITE_WEIGHTS has no sscd_disc_mixup.torchscript.pt. Get it from https://github.com/"),
        (task.clip, "no laion/CLIP-ViT-B-32-laion2B-s34B-b79K under SUITE_WEIGHTS"),
    ):
        with pytest.raises(Missing, match=told):
            ingredient.known_fingerprint(without)
    with pytest.raises(Missing) as every:
        known_ingredients(task, 0, without)
    for name in (task.prompts.name, task.pipeline.repository, task.sscd.file, task.clip.repository):
        assert name in str(every.value)
    (tmp_path / task.prompts.name).mkdir()
    with pytest.raises(Missing, match=rf"has no {MEMORIZED}\.csv or .* {ORDINARY}\.csv or .* {TRUTHS}/\. Copy it"):
        task.prompts.known_fingerprint(resources(folder, tmp_path / "cache", data=tmp_path))
    (tmp_path / task.sscd.file).write_text("no program")
    with pytest.raises(SuiteError, match="this is not TorchScript"):
        task.sscd.load(resources(folder, tmp_path / "cache", weights=tmp_path))
