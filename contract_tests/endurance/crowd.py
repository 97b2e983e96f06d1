"""Many clients at once over HTTP, each with connections of its own, for as long as is wanted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TYPE_CHECKING

import fakeim
from contract_tests.fake_only.linearity import NOON, Recorder, contradictions
from contract_tests.fake_only.over_http import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS = 5
"""How many a client makes before it looks at the time."""


def crowd(clients: int, seconds: float) -> Iterator[str]:
    """Let ``clients`` call for ``seconds``; say what is not as if they had called one after the other."""
    fake, recorder = _frozen(), Recorder()
    with fake.serve() as url, ThreadPoolExecutor(clients) as pool:
        until = monotonic() + seconds

        def work(client_number: int) -> None:
            with client_of(url) as client:
                rounds = 0
                while monotonic() < until:
                    recorder.some_calls(client, client_number * 1_000_000 + rounds, CALLS)
                    rounds += 1

        for each in [pool.submit(work, number) for number in range(clients)]:
            each.result()
    print(f"crowd: {clients} clients made {len(recorder.done)} calls in {seconds:.0f} s")
    numbers = {each.number for each in recorder.done}
    if numbers != set(range(1, len(recorder.done) + 1)):
        yield "the numbers of the requests are not those of the calls: some call came twice, or never"
    yield from contradictions(recorder.done, _frozen())


def _frozen() -> fakeim.FakeIncidentManager:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze(NOON)
    return fake
