"""Tracks: a research question with one method contract."""

from __future__ import annotations

from dataclasses import dataclass, field

from suite.contracts.method import Method
from suite.contracts.role import Role
from suite.contracts.task_kit import TaskKit


@dataclass(frozen=True)
class Access:
    """Something that a method may be given.

    Attributes:
        name: as methods write it in ``needs`` and ``uses``, and tasks in ``gives``.
        about: one sentence on what it is.
        privilege: methods that need it are ranked apart from those that do without.
        on_request: methods that need it take long, and run only when they or the access are named.
    """

    name: str
    about: str
    privilege: bool = False
    on_request: bool = False


@dataclass(frozen=True)
class Track:
    """What a track declares: its name, its question, the class or classes that its methods derive from, and the
    access that its methods may need.

    ``libraries`` are modules that take long to import and that most of its cells import: a run imports them once.
    ``roles`` are the kinds of methods that it has: what ``suite new method`` can write and ``suite check`` can check;
    ``tasks`` is the same for tasks.
    ``border`` names the `Border` between its protocol and a method in another process, as ``"package.module:NAME"``;
    without one, ``unsplit`` says why.
    """

    name: str
    title: str
    question: str
    contract: type[Method] | tuple[type[Method], ...]
    access: tuple[Access, ...] = ()
    libraries: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    tasks: TaskKit = field(default_factory=TaskKit)
    border: str = ""
    unsplit: str = "its track declares no border"

    @property
    def contracts(self) -> tuple[type[Method], ...]:
        """The classes of ``contract``, however many there are."""
        return self.contract if isinstance(self.contract, tuple) else (self.contract,)

    def checks_of(self, method: type[Method]) -> tuple[str, ...]:
        """Return the classes of contract tests that a method must pass, as ``"package.module:Class"``."""
        known = {contract: check for role in self.roles for contract, check in role.checks.items()}
        return tuple(dict.fromkeys(check for contract, check in known.items() if issubclass(method, contract)))

    @property
    def privileges(self) -> frozenset[str]:
        """The access that splits ranks."""
        return frozenset(each.name for each in self.access if each.privilege)

    @property
    def on_request(self) -> frozenset[str]:
        """The access of methods that run only when asked for."""
        return frozenset(each.name for each in self.access if each.on_request)
