"""Plan cells, run each in its own process, and record the results. ``suite.run(...)``: see `suite.api.run`."""

from suite.namesake import make_callable

make_callable(__name__)
