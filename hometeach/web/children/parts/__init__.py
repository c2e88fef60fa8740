"""The parts of a child's page, each with its own question; the page itself only puts them in order."""
