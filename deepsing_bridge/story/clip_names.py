"""What a scene's clip is called. Knows nothing of where it lies."""

LONGEST_LABEL = 80  # bytes of a clip's name; file systems take 255 for all of it


def clip_name(number: int, label: str) -> str:
    """`scene-007-lake.mov`: the file of scene `number`, counted from 1."""
    plain = "".join(letter if letter.isalnum() else "-" for letter in label)
    short = plain.encode()[:LONGEST_LABEL].decode(errors="ignore")
    return f"scene-{number:03d}-{short}.mov"
