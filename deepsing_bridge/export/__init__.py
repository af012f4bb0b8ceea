"""A story as files: clips, preview, timelines, report, takes."""
