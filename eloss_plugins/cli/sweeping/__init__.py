"""The search: space, plan, study, trials, table, page."""
