"""How a person comes in: sign-in, sessions, throttles."""
