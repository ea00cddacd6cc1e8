"""``python -m suite`` is the command ``suite``."""

from suite.cli.main import main

if __name__ == "__main__":
    main()
