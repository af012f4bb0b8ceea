"""A story in other editors' own formats, and its markers as lists; reads story.otio, whoever made it."""
