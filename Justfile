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

# the table of README.md's "How fast it starts": start times as ratios, to others' too, and memory
bench *options:
    {{bin}}/python -m tests.benchmarks {{options}}
