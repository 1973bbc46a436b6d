"""Start times as ratios, memory, and the same of others' tools: python -m tests.benchmarks makes the table."""
