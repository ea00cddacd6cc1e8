"""The leaderboard app: app.py and one file a page."""
