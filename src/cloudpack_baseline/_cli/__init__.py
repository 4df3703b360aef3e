"""The commands of ``cloudpack-baseline``, a module each with a function ``run``."""
