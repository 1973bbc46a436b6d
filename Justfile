# Recipes for whoever has just (https://just.systems); each line works without it. .venv is made by the line of
# README.md's "Run the tests".

bin := ".venv/bin"

# format, lint, types, and the rules of the house
check:
    {{bin}}/ruff format --check .
    {{bin}}/ruff check .
    {{bin}}/mypy
    {{bin}}/pytest tests/guards

# write completions/ from the table of options and the commands
completions:
    {{bin}}/python -m tests.completions

# all tests
test *options:
    {{bin}}/pytest -n 4 {{options}}

# the tests of supervision, 20 times under load
stress *options:
    {{bin}}/python -m tests.stress {{options}}

# start times as ratios, also with 1000 identities, and the memory of what waits beside a command
bench *options:
    {{bin}}/python -m tests.benchmarks.start {{options}}
    {{bin}}/python -m tests.benchmarks.many
    {{bin}}/python -m tests.benchmarks.memory
