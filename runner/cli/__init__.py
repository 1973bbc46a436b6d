"""The full commands: typer and rich; one file a command, app.py only wires."""
