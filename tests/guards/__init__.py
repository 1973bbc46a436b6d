"""Tests that keep the house in shape: floors, doorways, warm modules."""
