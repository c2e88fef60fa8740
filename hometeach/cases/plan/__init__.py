"""The plan of one child (IEP): what it can do, what it shall learn, and who helps."""
