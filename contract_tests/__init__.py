"""Tests of every kind: what the service does, what only the fake can do, and what it costs."""
