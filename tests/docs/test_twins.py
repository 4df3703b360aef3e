"""A Japanese page that differs from its English twin is found, and a translation is not."""

import pytest
import twins

ENGLISH = """\
# Title

Text with a [link](other.md#second).

```console
$ report --lang en
one finding
```

- an item of `main`

| a | b |
|---|---|
"""
JAPANESE = """\
# 題名

[リンク](other.md#二つ目)のある文。

```console
$ report --lang ja
検出結果 1 件
```

- `main` の項目

| 甲 | 乙 |
|---|---|
"""
DIFFERENCES = {
    "## 題名": "heading '## 題名'",
    "other.md#題名": "lacks a link to docs/other.md heading 1",
    "../other.md#second": "links to the English page: ../other.md#second",
    "report --region ja": "'$ report --region ja'",
    "only English": "'only English'",
    "```text": "a block is text, and console in English",
    "no item": "0 lines that begin with '- '",
    "main の項目": "does not name `main`",
}
REPLACED = {
    "## 題名": "# 題名",
    "other.md#題名": "other.md#二つ目",
    "../other.md#second": "other.md#二つ目",
    "report --region ja": "report --lang ja",
    "only English": "検出結果 1 件",
    "```text": "```console",
    "no item": "- `main` の項目",
    "main の項目": "`main` の項目",
}


@pytest.fixture
def faults(tmp_path, monkeypatch):
    """The faults of a Japanese page, beside an English one and a page that both link to."""
    monkeypatch.setattr(twins, "ROOT", tmp_path)
    monkeypatch.setattr(twins, "DOCS", tmp_path / "docs")
    monkeypatch.setattr(twins, "JAPANESE", tmp_path / "docs" / "ja")

    def judged(**pages):
        (tmp_path / "docs" / "ja").mkdir(parents=True)
        texts = {"other": "# First\n\n## Second\n", "ja/other": "# 題名\n\n## 二つ目\n", **pages}
        for name, text in texts.items():
            (tmp_path / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
        return list(twins.twin_faults())

    return judged


def test_a_translation_has_no_fault(faults):
    assert faults(page=ENGLISH, **{"ja/page": JAPANESE}) == []


@pytest.mark.parametrize("text", DIFFERENCES)
def test_a_difference_is_found(faults, text):
    page = JAPANESE.replace(REPLACED[text], text)
    assert page != JAPANESE
    assert any(DIFFERENCES[text] in fault for fault in faults(page=ENGLISH, **{"ja/page": page}))


def test_a_page_without_a_twin_is_found(faults):
    assert faults(page=ENGLISH) == ["docs/page.md: is not in Japanese"]


def test_a_page_without_an_english_twin_is_found(faults):
    assert faults(**{"ja/page": JAPANESE}) == ["docs/ja/page.md: has no English twin"]


def test_each_term_of_the_glossary_is_in_both_languages():
    assert list(twins.glossary_faults()) == []
