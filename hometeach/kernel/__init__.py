"""What every feature stands on, and nothing of the trade."""
