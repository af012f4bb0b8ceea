"""A song becomes a storyboard: analysis, cuts, the plan, and `story.json`. No pixel is made here."""
