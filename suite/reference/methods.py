"""The pages of the methods: one for each track."""

from __future__ import annotations

from suite.contracts import Method, Track
from suite.contracts.method import as_text
from suite.reference.markdown import code, line, listed, prose, table
from suite.registry import Registry


def page(registry: Registry, track: Track) -> str:
    """Return the page of a track: the access that it knows, then the card of each of its methods."""
    access = [(code(each.name), "yes" if each.privilege else "no", line(each.about)) for each in track.access]
    parts = [f"# Methods: {track.title}", table(("access", "ranked apart", "what"), access)]
    for entry in registry.methods_of(track.name):
        parts += _sheet(entry.value)
    return "\n\n".join(part for part in parts if part) + "\n"


def _sheet(method: type[Method]) -> list[str]:
    card = method.card
    facts = [
        ("version", code(method.version)),
        ("follows", line(card.status)),
        ("standing", code(method.standing)),
        ("needs", listed(sorted(method.needs))),
        ("uses", listed(sorted(method.uses))),
        ("partners", listed(f"{role}: {contract.__name__}" for role, contract in method.partners.items())),
        ("former names", listed(method.formerly)),
    ]
    return [
        f"## {method.name}",
        f"**{line(card.title)}**",
        prose(method.__doc__),
        _reference(method),
        prose(card.note),
        table(("fact", "value"), [(name, value) for name, value in facts if value]),
        table(("parameter", "default", "tuned among", "what"), parameters(method)),
    ]


def _reference(method: type[Method]) -> str:
    card = method.card
    if not card.paper:
        return ""
    title = f"[{line(card.paper)}]({card.url})" if card.url else line(card.paper)
    return f"{line(card.authors)}: {title}{f', {card.year}' if card.year else ''}"


def parameters(method: type[Method]) -> list[tuple[str, str, str, str]]:
    """Return each parameter with its default, the values that tuning tries, and what it is."""
    defaults = method.Parameters().model_dump(mode="json")
    return [
        (code(name), code(as_text(defaults[name])), listed(method.grid.get(name, ())), line(field.description))
        for name, field in method.Parameters.model_fields.items()
    ]
