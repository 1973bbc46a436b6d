# Recipes for whoever has just (https://just.systems); each line works without it. .venv is made by the line of
# README.md's "Run the tests".

bin := ".venv/bin"

# format, lint, types, and the rules of the house
check:
    {{bin}}/ruff format --check .
    {{bin}}/ruff check .
    {{bin}}/mypy
    {{bin}}/pytest tests/guards

# all tests
test *options:
    {{bin}}/pytest -n 2 {{options}}
