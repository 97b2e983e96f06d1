"""The ways in: each turns its caller's request into one dispatched call, and the reply back."""
