"""How do the children of a page stand? Read as plain columns, a few queries a page however many children there are.

``terms`` says over which days, ``listed`` of whom, ``ledger`` with which rows;
``pictures`` makes strips of them, ``now`` the sentence of the running week,
``shortfalls`` the list of what is missing, ``sessions`` what was recorded.
Nothing here decides anything: the rules do.
"""
