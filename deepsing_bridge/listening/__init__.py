"""Sound that is heard as it is played: what `audio` and `attributes` make of whole songs, block by block.

Nothing here knows the future, and nothing grows: an hour takes as much memory as a minute. Knows nothing of pictures.
"""
