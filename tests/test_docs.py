"""What the documentation says in tables is what the code does."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SPEC = importlib.util.spec_from_file_location("make_docs", ROOT / "tools" / "make_docs.py")
make_docs = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(make_docs)


@pytest.mark.parametrize("name", make_docs.PAGES)
def test_generated_parts_are_current(name):
    assert (ROOT / "docs" / name).read_text() == make_docs.page(name), "run `make docs`"


def test_links_between_pages_exist():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
