"""What is generated and committed is what the generators write today."""

from __future__ import annotations

from fakeim.parity import traces, transcripts

FROZEN = transcripts.evidence_folder() / "traces"


def test_the_frozen_traces_are_generated_byte_for_byte() -> None:
    generated = {name: transcripts.dumps(trace) for name, trace in traces.all_traces().items()}
    frozen = {path.relative_to(FROZEN).as_posix(): path.read_bytes().decode() for path in FROZEN.rglob("*.jsonl")}
    assert frozen == generated, "run: fakeim parity traces contract_tests/evidence/traces"
