"""Is the fake like AWS? Evidence as files that anyone can check: transcripts, how they are replayed, what they show."""
