"""What helps to test code that uses Incident Manager; ``import fakeim`` loads none of it.

``plugin`` is the pytest plugin, which pytest finds by itself: its options, its marker, its fixtures. All else is loaded
when a test asks for a fake: ``configuration`` reads the marker, ``isolation`` gives each test the account as it is to
find it, ``checkpoint`` and ``examples`` help it to, and ``failures`` tells what happened when a test has failed.
``first_example`` prepares for tests with Hypothesis's ``@given``.

For tests by property there are, each imported by its name: ``strategies``, ``stateful`` with the IncidentMachine,
``retries`` with ``check_retry_safe``, ``differential``, and ``fault_plans``.
"""
