"""The newest frame in shared memory."""
