"""What cells hold: equal siblings, each a frozen `Cell` with the names of its numbers in its docstring."""
