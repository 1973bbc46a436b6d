"""What we wrote: leases."""
