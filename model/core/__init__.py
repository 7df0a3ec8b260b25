"""The core: registry, sets, time, balances, objective and build; it knows no technology."""
