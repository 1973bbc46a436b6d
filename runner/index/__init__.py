"""The index of identities: all names there are with what a listing says of them, kept until a file changes."""
