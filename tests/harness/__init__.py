"""What tests stand on: a world to run in, the installed commands, and a loopback AWS."""
