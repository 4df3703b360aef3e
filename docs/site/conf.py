"""Configuration of Sphinx; build.py runs it once a language."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from inventories import PROJECTS

from cloudpack_baseline import __version__

# The documents stay to the end: by default, a tenth of the time goes to looking for cycles in them.
gc.set_threshold(50_000, 20, 20)

language = os.environ["SITE_LANGUAGE"]
project = "cloudpack-baseline"
release = __version__
html_title = project
html_show_copyright = False

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.intersphinx",
    "sphinx_copybutton",
    "extension",
]
exclude_patterns = ["files"]
suppress_warnings = ["misc.highlighting_failure"]
default_role = "literal"
nitpicky = True
nitpick_ignore_regex = [
    # Types of signatures that are not public.
    ("py:(class|exc)", r"cloudpack_baseline\..*"),
    ("py:(class|exc)", r"[A-Z]\w*"),
]
intersphinx_mapping = {
    project: (f"https://{place}", str(Path(os.environ["SITE_INVENTORIES"]) / f"{project}.inv"))
    for project, place in PROJECTS.items()
}

myst_heading_anchors = 6
myst_links_external_new_tab = False

autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
python_use_unqualified_type_names = True
napoleon_use_ivar = True
napoleon_numpy_docstring = False

html_theme = "furo"
html_theme_options = {"navigation_with_keys": True}
templates_path = ["templates"]
html_static_path = ["static"]
html_favicon = "static/icon.svg"
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_additional_pages = {"search": "search.html"}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
