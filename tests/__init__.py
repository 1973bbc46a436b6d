"""Tests of run and runner: features through the installed commands, units, contracts, guards, benchmarks."""
