"""What search engines read."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote
from xml.sax.saxutils import escape


def robots(url: str) -> bytes:
    """Return robots.txt: everything may be read; where the site's own address is known, with its map."""
    lines = ["User-agent: *", "Allow: /", *([f"Sitemap: {url}sitemap.xml"] if url else [])]
    return "".join(f"{line}\n" for line in lines).encode()


def sitemap(url: str, paths: Iterable[str]) -> bytes:
    """Return the map of a site that is served at ``url``, which ends in a slash."""
    places = "".join(f"<url><loc>{escape(url + quote(path))}</loc></url>\n" for path in sorted(paths))
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{places}</urlset>\n".encode()
