"""Nonsense in the tables of sites is refused with file, row and column."""

from __future__ import annotations

import pytest

from model.data.validation import validate_folder
from tests.helpers import change_cell, copy_tiny, find_row

FAULTS = [
    ("contract_classes", {"contract_class": "reserve_600h"}, "hours_max", "", "needs it"),
    ("contract_classes", {"contract_class": "reserve_600h"}, "restricted_share", "0.1", "a blank"),
    ("contract_classes", {"contract_class": "atr85"}, "restricted_share", "1.5", "from 0 to 1"),
    ("contract_classes", {"contract_class": "night"}, "block_start", "25", "from 0 to 23"),
    ("contract_classes", {"contract_class": "night"}, "kind", "nights", "one of"),
    ("site_contracts", {"contract_class": "shared"}, "contract_group", "", "the label of its group"),
    ("site_contracts", {"contract_class": "night"}, "contract_group", "works", "a blank"),
    ("site_contracts", {"contract_class": "night"}, "node", "S_X", "a name from sites.node"),
    ("direct_lines", {"line": "sea_to_works"}, "length", "-3", "above 0"),
    ("direct_lines", {"line": "sea_to_works"}, "from_node", "B_transmission", "stands or may be built"),
    ("direct_lines", {"line": "sea_to_works"}, "technology", "gas_boiler", "gives electricity"),
    ("power_purchase_agreements", {"agreement": "sea_for_works"}, "last_year", "2020", "from first_year"),
    ("power_purchase_agreements", {"agreement": "sea_for_works"}, "output_share", "1.2", "from 0 to 1"),
    ("steam_contracts", {"node": "S_C"}, "carrier", "hydrogen", "kind heat"),
    ("steam_contracts", {"node": "S_C"}, "technology", "electrolyser", "gives heat_150_250"),
    ("sites", {"node": "S_C"}, "wacc", "7", "from 0 to 0.5"),
    ("sites", {"node": "S_C"}, "critical_power", "1.1", "from 0 to 1"),
    ("sites", {"node": "S_C"}, "energy_tax", "-1", "from 0"),
]


@pytest.mark.parametrize(("table", "row", "column", "value", "words"), FAULTS)
def test_a_nonsense_cell_is_refused_with_row_and_column(tmp_path, table, row, column, value, words):
    folder = copy_tiny(tmp_path)
    file = f"{table}.csv"
    line = find_row(folder, file, **row)
    change_cell(folder, file, line, column, value)
    problems = [p for p in validate_folder(folder) if (p.file, p.row, p.column) == (file, str(line), column)]
    assert any(words in problem.expected for problem in problems), [str(p) for p in validate_folder(folder)]


def test_the_tiny_tables_have_no_fault(tmp_path):
    assert validate_folder(copy_tiny(tmp_path)) == []
