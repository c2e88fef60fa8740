"""Who is who, and who may see whom."""
