"""The command line: a thin face over functions that a script can call just as well."""

from model.cli.main import console, main

__all__ = ["console", "main"]
