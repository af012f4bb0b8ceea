"""Pictures out to other programs: NDI, Spout, Syphon and virtual cameras."""
