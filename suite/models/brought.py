"""Bringing a network: from a file and what its owner says of it to a checked `OwnNetwork`, or to one clear error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from suite.data.transform import Transform
from suite.errors import SuiteError, first_line
from suite.hashing import file_digest
from suite.models.architecture import Architecture, architecture_of
from suite.models.features import linear_head
from suite.models.network import Network
from suite.models.own import OwnNetwork
from suite.models.weights_file import check_fit, read_weights

if TYPE_CHECKING:
    from torch import Tensor, nn

Numbers = tuple[float, ...]
Part = TypeVar("Part", bound=BaseModel)


class Look(BaseModel):
    """What turns images into a network's input, as far as somebody says it; see `Transform`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    size: int | None = Field(None, ge=1, le=2048)
    channels: Literal[1, 3] | None = None
    mean: Numbers | None = Field(None, min_length=1, max_length=3)
    std: Annotated[tuple[Annotated[float, Field(gt=0)], ...], Field(min_length=1, max_length=3)] | None = None
    scale: float | None = Field(None, gt=0)
    shorter: int | None = Field(None, ge=1, le=4096)
    bicubic: bool | None = None


class Description(BaseModel):
    """The JSON beside a file of weights: ``my.json`` beside ``my.safetensors``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    architecture: str = Field("", max_length=200)
    arguments: dict[str, bool | int | float | str | list[int | float] | None] = Field({}, max_length=50)
    transform: Look = Look()


@dataclass(frozen=True)
class Brought:
    """A file of weights and what was typed of it, which goes before what the JSON beside the file says."""

    file: Path
    architecture: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    transform: Mapping[str, str] = field(default_factory=dict)

    def described(self) -> Description:
        """Return both together.

        Raises:
            SuiteError: a value is not of its kind, or no architecture is named.
        """
        beside = self.file.with_suffix(".json")
        stored: Any = {}
        if beside.is_file():
            try:
                stored = json.loads(beside.read_bytes()[:100_000])
            except ValueError as error:
                raise SuiteError(
                    f"cannot read the JSON file of the weights: {error}", place=str(beside), next=f"rm {beside}"
                ) from None
        known: Description = _checked(Description, stored, str(beside))
        typed = {name: _typed(text) for name, text in self.arguments.items()}
        look = {name: text.split(",") if name in ("mean", "std") else text for name, text in self.transform.items()}
        told = _checked(Look, look, "--transform").model_dump(exclude_none=True)
        both = _checked(Description, {"arguments": {**known.arguments, **typed}}, "--argument")
        if not (architecture := self.architecture or known.architecture):
            raise SuiteError(
                "the architecture of the weights is not given",
                place=f"--model {self.file}",
                next=f"suite run --model {self.file} --architecture resnet18, or another name from timm",
            )
        transform = known.transform.model_copy(update=told)
        return both.model_copy(update={"architecture": architecture, "transform": transform})


def bring(brought: Brought, reference: Network) -> OwnNetwork:
    """Return the network, in the place of a task's reference model, whose number of classes it must have.

    Arguments that are not given are found from the weights: number of classes, of channels, size of the input. What is
    not said of the transform is timm's for its architectures, and the reference model's for the suite's own; the pixel
    value that becomes 1 is a matter of the data, and always the reference model's.

    Raises:
        SuiteError: file, architecture, arguments, shapes, classes or input size are wrong; the first of them.
    """
    weights = read_weights(brought.file)
    told = brought.described()
    architecture = architecture_of(told.architecture, told.arguments)
    classes = _classes(reference)
    guess = {} if architecture.name.startswith("timm/") else {"classes": classes}
    plain = _built(replace(architecture, arguments={**guess, **architecture.arguments}), brought.file)
    channels = next((tensor.shape[1] for tensor in weights.values() if tensor.ndim == 4), reference.transform.channels)
    architecture = _with_found(architecture, plain, weights, told.transform, channels)
    network = _built(architecture, brought.file)
    check_fit(weights, network.state_dict(), told.architecture, brought.file)
    transform = _transform(network, told.transform, reference.transform, channels, brought.file)
    network.load_state_dict(weights)
    _check_answers(network.eval(), transform, classes, told.architecture, brought.file)
    return OwnNetwork(brought.file.absolute(), file_digest(brought.file), architecture, transform)


def _with_found(
    architecture: Architecture, plain: nn.Module, weights: Mapping[str, Tensor], look: Look, channels: int
) -> Architecture:
    """Return the architecture with the arguments that the weights tell, where nobody gave them."""
    timms = architecture.name.startswith("timm/")
    found: dict[str, Any] = {}
    head = f"{_name_of(plain, linear_head(plain))}.weight" if _has_head(plain) else ""
    if head in weights and weights[head].ndim == 2:
        found["num_classes" if timms else "classes"] = weights[head].shape[0]
    if timms and channels != 3:
        found["in_chans"] = channels
    usual: Mapping[str, Any] = getattr(plain, "pretrained_cfg", None) or {}
    if timms and look.size and usual.get("fixed_input_size") and look.size != usual["input_size"][-1]:
        found["img_size"] = look.size
    return replace(architecture, arguments={**found, **architecture.arguments})


def _transform(network: nn.Module, look: Look, reference: Transform, channels: int, file: Path) -> Transform:
    usual: Mapping[str, Any] | None = getattr(network, "pretrained_cfg", None)
    if usual and usual.get("input_size"):
        size, crop = int(usual["input_size"][-1]), float(usual.get("crop_pct") or 1)
        base = Transform(
            size=size,
            mean=tuple(usual["mean"]),
            std=tuple(usual["std"]),
            shorter=int(size / crop) if crop < 1 else None,
            bicubic=usual.get("interpolation") == "bicubic",
        )
    else:
        base = reference
    said = look.model_dump(exclude_none=True)
    if "size" in said and "shorter" not in said:
        said["shorter"] = None
    made = replace(base, **{"channels": channels, "scale": reference.scale, **said})
    if made.channels == 1 and not {"mean", "std"} & said.keys():
        made = replace(made, mean=(sum(made.mean) / len(made.mean),), std=(sum(made.std) / len(made.std),))
    for name in ("mean", "std"):
        if len(getattr(made, name)) not in (1, made.channels):
            count = len(getattr(made, name))
            raise SuiteError(
                f"{name} has {count} numbers. The network takes images with {made.channels} channels",
                place=str(file),
                next=f"--transform {name}=" + ",".join(["0.5"] * made.channels),
            )
    return made


def _check_answers(network: nn.Module, transform: Transform, classes: int, name: str, file: Path) -> None:
    """Check that the network has a linear head of the task's classes, and answers images of its size."""
    import torch

    place, command = str(file), "suite run --model FILE --architecture NAME --argument NAME=VALUE"
    if not _has_head(network):
        raise SuiteError(
            f"{name!r} does not end in a linear layer. Methods need one for its features", place=place, next=command
        )
    if (found := linear_head(network).out_features) != classes:
        raise SuiteError(
            f"the network has {found} classes. The task has {classes}",
            place=place,
            next="use a network that was trained on the classes of the task: suite tasks show TASK",
        )
    blank = torch.zeros(2, transform.channels, transform.size, transform.size)
    size = f"{transform.size}x{transform.size}"
    try:
        with torch.no_grad():
            logits = network(blank)
    except Exception as error:  # whatever an architecture raises about its input
        raise SuiteError(
            f"the network does not take images of {size} with {transform.channels} channels: {first_line(error)}",
            place=place,
            next="give its input: --transform size=32, and for a ViT --argument img_size=32",
        ) from None
    if not isinstance(logits, torch.Tensor) or logits.shape != (2, classes):
        shape = list(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
        raise SuiteError(
            f"the network returns {shape} for 2 images. The task has {classes} classes", place=place, next=command
        )


def _built(architecture: Architecture, file: Path) -> nn.Module:
    import torch

    with torch.random.fork_rng(devices=[]):
        try:
            return architecture.build()
        except Exception as error:  # timm raises whatever its architectures do
            raise SuiteError(
                f"cannot build {architecture.name!r} with {architecture.arguments}: {first_line(error)}",
                place=str(file),
                next="correct the arguments: --argument NAME=VALUE",
            ) from None


def _classes(reference: Network) -> int:
    import torch

    with torch.random.fork_rng(devices=[]):
        return linear_head(reference.architecture.build()).out_features


def _has_head(network: nn.Module) -> bool:
    try:
        return linear_head(network) is not None
    except TypeError:
        return False


def _name_of(network: nn.Module, wanted: nn.Module) -> str:
    names: dict[nn.Module, str] = {module: name for name, module in network.named_modules()}
    return names[wanted]


def _typed(text: str) -> Any:
    try:
        value: Any = json.loads(text)
    except ValueError:
        return text
    return value


def _checked(kind: type[Part], values: Any, place: str) -> Part:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SuiteError(
            f"{where or 'it'}: {first['msg']}", place=place, next="read docs/own-data.md, section 'Your own network'"
        ) from None
