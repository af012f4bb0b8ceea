"""Fragment shaders in the Interactive Shader Format (ISF v2): read, compiled, drawn without a window."""
