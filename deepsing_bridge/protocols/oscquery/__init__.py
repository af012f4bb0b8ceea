"""OSCQuery over HTTP, by which other programs find the parameters."""
