"""`python -m model study atr85`: rights in 85 % of the hours in both published forms."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.studies.framework.page import Answer

HELP = "what whole hours instead of parts cost in rights of 85 % of the hours, and how many hours are restricted"
EXAMPLES = (
    "  smr-grid-nl study atr85 quick --with transport_rights\n"
    "  smr-grid-nl study atr85 quick --with transport_rights --without-row --json\n"
    "  smr-grid-nl study atr85 base --with transport_rights --capacities results/base/base.nc --set time.mode=full"
)


def add_atr85(command: argparse.ArgumentParser) -> None:
    """Options of the study `atr85`."""
    command.add_argument("scenario", metavar="SCENARIO", help="name of a scenario that ships, or path of a YAML file")
    command.add_argument(
        "--capacities", metavar="RUN.nc", help="result file whose capacities stand (default: chosen with the rights)"
    )
    command.add_argument(
        "--without-row", action="store_true", help="solve without the row on rights too: restrictions are idle then"
    )


def atr85(options: argparse.Namespace, scenario: Any, folder: Path, progress: Any) -> Answer:
    """The study `atr85`."""
    from model.studies.atr85 import atr85 as study
    from model.studies.atr85_answer import answer_of

    found = study(scenario, options.capacities, options.without_row, log_folder=folder, progress=progress)
    return answer_of(found)
