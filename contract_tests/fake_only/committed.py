"""The committed transcripts, read once: that takes most of a second."""

from __future__ import annotations

from fakeim.parity import transcripts

EVIDENCE = transcripts.read_all(transcripts.evidence_folder())
TRACES = [each for each in EVIDENCE if each.header.grade == "trace"]
"""The transcripts that wait for answers from AWS."""
