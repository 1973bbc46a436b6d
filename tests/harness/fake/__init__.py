"""A loopback AWS, one file a service."""
