"""The checks that kdiag brings: one file each, named after the id."""
