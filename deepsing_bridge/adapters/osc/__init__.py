"""OSC over UDP, and OSCQuery over HTTP, by which other programs find the parameters."""
