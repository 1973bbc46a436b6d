"""What the user wrote: the command line, RUN_ variables, runner.toml, and whether to trust it."""
