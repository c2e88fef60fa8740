"""Roll-ups and the bureau's report."""
