"""Pictures are painted in a style of like sentiment: hyper-stylization by WCT (paper section 2.3)."""
