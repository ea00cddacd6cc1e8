"""The board: computed from the store, read by the app, the terminal and the export."""
