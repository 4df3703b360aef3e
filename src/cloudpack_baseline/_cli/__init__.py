"""The commands of ``cloudpack-baseline``: one module each, with a function ``run``."""
