"""What anybody can send, and that it does no harm: targets for a fuzzer that is guided by what the code does.

``targets`` are functions of bytes that raise if those do harm; ``corpus`` has inputs for each, which the tests replay
and Hypothesis varies. ``python -m contract_tests.fuzz`` runs atheris on them, where that is installed.
"""
