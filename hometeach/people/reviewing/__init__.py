"""The yearly look at who holds which rights, decided account by account and signed."""
