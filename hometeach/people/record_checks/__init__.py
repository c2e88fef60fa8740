"""The yearly look into a teacher's record (Minors Protection Law art. 62)."""
