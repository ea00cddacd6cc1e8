"""The board: computed from the store, read by the app, the terminal and the export.

``suite.board(...)``: see `suite.api.board`.
"""

from suite.namesake import make_callable

make_callable(__name__)
