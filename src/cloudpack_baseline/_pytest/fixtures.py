"""What the fixtures give; they serve with and without ``--cloudpack-baseline``."""
