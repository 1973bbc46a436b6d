"""Private directories: where they are, whose they are, writing in them, and who has left one behind."""
