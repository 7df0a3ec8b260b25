"""The Dutch SDE++ scheme as law: categories, rounds, tender, payments, cash; it knows nothing of the energy model.

The room imports numpy, pandas, pydantic and `model.errors` only. Figures stand in `inputs/nl/sdepp`; the rules are
explained in docs/explanation/sdepp.md.
"""
