"""Pure reasoning that checks share: sections in, one derived section out."""
