"""Numbers in tables: as many digits as they deserve, and no dust."""

from __future__ import annotations

import pandas as pd
import pytest

from model.report.tables import cell_text, table_lines


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1,234"), (12.34, "12.3"), (1.234, "1.23"), (0.0512, "0.051"), (0.00123, "0.0012"), (-0.0, "0.000"),
     (float("nan"), "-"), ("CH_LI", "CH_LI"), (7, "7")],
)  # fmt: skip
def test_a_number_has_as_many_digits_as_it_deserves(value, text):
    assert cell_text(value) == text


def test_what_a_solver_leaves_of_zero_beside_large_numbers_is_zero_and_small_columns_stay():
    table = pd.DataFrame({"MW": [1180.0, 1.5e-6], "share": [0.02, 1.5e-6]}, index=["here", "there"])
    lines = [line.split() for line in table_lines(table).splitlines()]
    assert lines[1:] == [["here", "1,180", "0.020"], ["there", "0.000", "0.0000015"]]
