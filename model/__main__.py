"""`python -m model COMMAND`: see `python -m model --help`."""

from model.cli import console

if __name__ == "__main__":
    console()
