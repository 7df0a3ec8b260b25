"""Write the generated pages of docs/: mathematics from the registry, tables and scenario keys from their schemas.

Run by `make docs`; `--check` writes nothing and fails where a page is out of date.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from model.core.features import load_features
from model.data.schemas.dictionary import data_dictionary
from model.report.mathematics import mathematics_page
from model.scenario.page import scenario_page

DOCS = Path(__file__).resolve().parent.parent / "docs"


def pages() -> dict[Path, str]:
    """Generated pages by path."""
    return {
        DOCS / "reference" / "mathematics.md": mathematics_page(load_features()),
        DOCS / "reference" / "tables.md": data_dictionary(),
        DOCS / "reference" / "scenario.md": scenario_page(),
    }


def main(arguments: list[str] | None = None) -> int:
    """Write or check the pages; return 1 where a checked page is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where a page is out of date")
    options = parser.parse_args(arguments)
    stale = 0
    for path, text in pages().items():
        if options.check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                print(f"{path.relative_to(DOCS.parent)} is out of date: run make docs", file=sys.stderr)
                stale = 1
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(DOCS.parent)}")
    return stale


if __name__ == "__main__":
    raise SystemExit(main())
