"""Start times and memory, as ratios."""
