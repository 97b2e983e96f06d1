"""What the service does: every test here runs unchanged on every target, and says what evidence it rests on."""
