"""The wording of an agreement: clauses as versioned data, checked before they are used."""
