"""The built-in tasks, one file a task, one folder a track. They import only from `suite`."""
