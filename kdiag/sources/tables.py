"""Waiting for the library of the tables without holding up what else is going on."""

import asyncio
import importlib


async def tables_ready() -> None:
    """Return when tables can be made; importing takes 0.4 s, in which replies go on arriving."""
    await asyncio.to_thread(importlib.import_module, "pandas")
