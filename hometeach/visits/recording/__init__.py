"""How a teacher writes down a visit: from the draft to the receipt."""
