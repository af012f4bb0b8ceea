"""Layouts for TouchOSC, Open Stage Control, Pure Data and SuperCollider: every parameter, the transport and what the
bridge tells, made of the vocabulary."""
