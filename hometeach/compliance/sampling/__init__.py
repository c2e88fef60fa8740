"""Which files does an auditor open: drawn by chance, by a seed that anybody can draw again with."""
