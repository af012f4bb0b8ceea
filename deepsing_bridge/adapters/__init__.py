"""Where the outside enters and leaves: films, timelines, reports."""
