"""The delivery rule, the school calendar, weekly slots and planned sessions."""
