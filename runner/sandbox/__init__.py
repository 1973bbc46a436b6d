"""The local AWS of `runner sandbox`: its accounts, its identities, its server."""
