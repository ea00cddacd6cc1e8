"""The leaderboard app."""
