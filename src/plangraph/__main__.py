"""``python -m plangraph``: the command line, where no ``plangraph`` is on the path."""

from plangraph.cli import main

if __name__ == "__main__":
    main()
