"""One set of tests per open set: kinds, injections, executors."""
