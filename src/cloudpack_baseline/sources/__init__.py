"""Where records come from; the only room that does input and output."""
