"""How well it works: the closed loop, contact sheets."""
