"""How Sphinx builds these pages."""

from mailtickets import __version__

project = "mailtickets"
author = "The mailtickets authors"
copyright = "The mailtickets authors, MIT licence"
release = version = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_heading_anchors = 3
html_theme = "alabaster"
html_theme_options = {
    "description": "Mail in, tickets; tickets, mail out",
    "page_width": "1100px",
    "fixed_sidebar": True,
}
html_copy_source = False
