"""The paper's experiments, each one command that writes a page, a figure and a table into docs/experiments/.

`python -m experiments.stability`, `.sweep`, `.valence`, `.songs`, `.alignment`, `.likeness`, `.styles`,
`.views`; `--help` tells the options.
"""
