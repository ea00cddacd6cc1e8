"""The splits of an OOD task: those that a method may be developed on, and the tests."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from suite.contracts import Resources
from suite.data.split import Split
from suite.hashing import digest


@dataclass(frozen=True, kw_only=True)
class Development:
    """What a method is fitted and tuned on; no sample of these is in a test split.

    ``outliers`` are auxiliary outliers for methods that train with such. Code that receives a `Development` has no
    reference to any test split.
    """

    train: Split
    validation: Split
    validation_ood: dict[str, Split] = field(default_factory=dict)
    outliers: dict[str, Split] = field(default_factory=dict)

    def validation_digest(self, resources: Resources) -> str:
        """Return the sha256 of the validation data, ID and OOD."""
        splits = {"id": self.validation, **self.validation_ood}
        return digest({name: split.identity(resources) for name, split in splits.items()})


@dataclass(frozen=True, kw_only=True)
class Splits(Development):
    """The splits of one seed; ``near`` and ``far`` map a data set's name to its test split.

    So does ``shifted``, the covariate-shifted ID sets (csID), whose labels are those of ``test``.
    """

    test: Split
    near: dict[str, Split]
    far: dict[str, Split]
    shifted: dict[str, Split] = field(default_factory=dict)

    @property
    def inside(self) -> dict[str, Split]:
        """The test splits that count as ID, by subset: ``id``, and the shifted ones as ``csid/fog``."""
        return {"id": self.test, **{f"csid/{name}": split for name, split in self.shifted.items()}}

    @property
    def ood(self) -> dict[str, Split]:
        """The OOD test splits by subset, as ``near/cifar100``."""
        groups = {"near": self.near, "far": self.far}
        return {f"{group}/{name}": split for group, splits in groups.items() for name, split in splits.items()}

    @property
    def development(self) -> Development:
        """The same without the tests."""
        return Development(**{field.name: getattr(self, field.name) for field in fields(Development)})
