"""What happened that must not be lost: form F16, from the first word to its end."""
