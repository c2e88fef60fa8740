"""The rules of a bureau as a book: what may be written into it, and who wrote it."""
