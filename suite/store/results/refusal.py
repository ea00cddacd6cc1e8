"""What is wrong with a folder of results."""


class Refused(Exception):
    """The folder is not what it should be; the message says in what."""
