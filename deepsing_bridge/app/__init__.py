"""What a command does from beginning to end: a story on disk, the live bridge, a take, the doctor."""
