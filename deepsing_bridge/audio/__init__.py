"""A sound file becomes samples, mel features and beats. Knows nothing of feelings."""
