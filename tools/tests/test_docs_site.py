"""The site's navigation is the first page's table of contents, and what the site fetches is its own."""

from pathlib import Path

import docs_site


def pages(folder: Path, index: str, **others: str) -> Path:
    (folder / "decisions").mkdir()
    (folder / "index.md").write_text(index)
    (folder / "decisions" / "README.md").write_text("# Decisions\n")
    for name, text in others.items():
        (folder / "decisions" / f"{name}.md").write_text(text)
    return folder


def test_sections_lists_and_labels_of_the_first_page_become_the_navigation(tmp_path: Path) -> None:
    index = "# T\n\n## Do\n\n- [Load](how-to/load.md): at night\n- Connectors: [a](c/a.md) ·\n  [b](c/b.md)\n"

    assert docs_site.navigation(pages(tmp_path, index)) == [
        {"Start": "index.md"},
        {"Do": [{"Load": "how-to/load.md"}, {"Connectors": [{"a": "c/a.md"}, {"b": "c/b.md"}]}]},
    ]


def test_decision_records_are_listed_below_their_page_by_number_and_title(tmp_path: Path) -> None:
    index = "# T\n\n## Understand\n\n- [decisions](decisions/README.md)\n"
    made = pages(tmp_path, index, **{"0002-b": "# 0002. Second\n", "0001-a": "# 0001. First\n"})

    assert docs_site.navigation(made)[1] == {
        "Understand": [
            {
                "Decisions": [
                    "decisions/README.md",
                    {"0001. First": "decisions/0001-a.md"},
                    {"0002. Second": "decisions/0002-b.md"},
                ]
            }
        ]
    }


def test_what_a_page_would_fetch_from_elsewhere_is_found_and_a_link_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<link rel="stylesheet" href="https://fonts.example/css"><script src="//cdn.example/x.js"></script>'
        '<a href="https://www.postgresql.org">PostgreSQL</a><script src="assets/own.js"></script>'
    )
    (tmp_path / "b.css").write_text('@import url("https://fonts.example/inter.css");')

    found = list(docs_site.fetched_from_elsewhere(tmp_path))

    assert [line.partition(":")[0] for line in found] == ["a.html", "a.html", "b.css"]


def test_links_to_what_is_not_on_the_site_become_plain_text() -> None:
    text = "[how](../../CONTRIBUTING.md), [arrows](../../ARCHITECTURE.md#words), [it](x.md), [web](https://x.example)"

    assert docs_site.links_that_stay_inside(text, "how-to/page.md") == (
        "how, [arrows](../architecture.md#words), [it](x.md), [web](https://x.example)"
    )
