"""How a guardian or carer comes in: no password, but a code to the phone on record."""
