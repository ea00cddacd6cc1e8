"""The built-in methods, one file a method, one folder a track. They import only from `suite`."""
