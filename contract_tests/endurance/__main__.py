"""Run what takes long: ``python -m contract_tests.endurance [--seconds S] [--clients N] [--days D]``."""

from __future__ import annotations

import sys
from argparse import ArgumentParser

from contract_tests.endurance.crowd import crowd
from contract_tests.endurance.soak import soak


def main() -> int:
    """Run all of it; give how much was wrong."""
    parser = ArgumentParser(prog="python -m contract_tests.endurance", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long the crowd calls (default: 60)")
    parser.add_argument("--clients", type=int, default=200, help="how many clients it has (default: 200)")
    parser.add_argument("--days", type=int, default=7, help="how many days the bot works (default: 7)")
    given = parser.parse_args()
    wrong = [*crowd(given.clients, given.seconds), *soak(given.days)]
    for each in wrong:
        print(f"WRONG: {each}")
    print("all is well" if not wrong else f"{len(wrong)} things are wrong")
    return min(len(wrong), 1)


if __name__ == "__main__":
    sys.exit(main())
