"""What it costs, beside what others cost."""
