"""What is due to whom today, derived from every feature below, and the gateways that carry it."""
