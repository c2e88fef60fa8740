"""The week as people plan it: hours made and changed, sessions moved, terms published, teachers stood in for."""
