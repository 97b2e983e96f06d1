"""Tests of the repository itself: its workflow, packaging, documentation, generated files, and the tests' own tools."""
