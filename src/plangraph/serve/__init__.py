"""A read-only web front to a build: pages for people, RDF and SPARQL for programs.

Every query runs in a worker, a process of its own with limits on time, memory, rows and bytes; the server itself
only reads requests, hands them on and sends whole answers. Nothing that a request says becomes a path on the disk.
"""

from __future__ import annotations
