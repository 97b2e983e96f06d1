"""What it costs, beside what others cost: ``python -m contract_tests.benchmarks`` (see ``__main__``)."""
