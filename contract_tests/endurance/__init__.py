"""What takes too long for every run: many clients for a minute, days of work in minutes of the fake's own clock.

``python -m contract_tests.endurance`` runs it all and says what it found.
"""
