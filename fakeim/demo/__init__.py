"""``fakeim demo``: a sample incident bot, the event that sets it off, and what became of it."""
