"""Consents apart from every agreement: one for each purpose, under the notice that was shown, withdrawable at once."""
