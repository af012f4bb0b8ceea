"""A storyboard becomes pixels: one painter, on disk and live."""
