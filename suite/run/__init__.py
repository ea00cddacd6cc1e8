"""Plans cells, runs them apart from each other, records what comes of them. ``suite.run(...)``: see `suite.api.run`."""

from suite.namesake import make_callable

make_callable(__name__)
