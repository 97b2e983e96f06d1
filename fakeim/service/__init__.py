"""What Incident Manager does: plain functions of a world and parameters, without I/O, clocks or chance of their own."""
