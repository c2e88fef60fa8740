"""Photos of a lesson: only where the guardians allow them, drawn anew, and out of sight when they no longer do."""
