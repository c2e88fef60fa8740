"""An agreement drawn up for one child: its text and annexes, frozen as they were that day."""
