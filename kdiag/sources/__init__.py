"""All input that kdiag reads, and no judging of it."""
