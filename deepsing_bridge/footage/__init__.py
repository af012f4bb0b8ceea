"""Somebody's own films and photos: what they are, the shots in them, how those feel, and which fits a scene."""
