"""A small valid plan of invented words, and faults to seed in it, each with what must be said of it."""
