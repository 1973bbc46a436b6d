"""What a user sees, through the installed commands."""
