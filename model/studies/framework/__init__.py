"""What studies share: variants of one built program, checked re-solves, tables, pictures and a page.

A study builds a scenario once (`model.job.build`), makes variants of its matrix (`variants`), solves them one after
the other on one live solver (`points`), and writes CSV, JSON, NetCDF and one self-contained page (`page`)::

    study = Points(built, folder / "study.log", tell)
    least = study.solve(built.compiled, "least cost")
    wider = with_rows(built.compiled, [Row("cost_budget", columns, coefficients, upper=1.03 * least.cost)])
    most = study.solve(with_objective(wider, small, -efficiency), "most within 3 %")
"""

from __future__ import annotations
