"""What asks to be looked at: computed out of the records, explained where that is fair, never typed."""
