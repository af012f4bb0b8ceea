"""What this project ships for other programs, `plugins/`: where each looks for it, and putting it there."""
