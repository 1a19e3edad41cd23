"""Files before they are used: read with where each word stands, judged by rules like checks.

Files are sections of a snapshot of which nothing comes from a cluster (kdiag.lint.sections), and
rules are checks that read them, one in a file of `kdiag.lint.rules`. So the engine, the report and
its formats are those of doctor, and a rule that a live check has, too, has its id.
"""
