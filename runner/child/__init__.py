"""Processes: starting the command, standing in for it towards signals and terminals, ending as it ended."""
