'use strict';
// Finds the pages that answer a query; the index of the pages is in search-index.js.
//
// A query is split into English words, which are stemmed, runs of katakana, and pairs of
// kanji; hiragana only counts where there is nothing else, since it is mostly grammar. The same
// is looked for in the text, so that no word list has to know a term. A page needs no more than
// one of the terms: what is rare counts more than what is frequent (BM25).

const STOP = new Set(('a an and are as at be but by can do does for from get how i if in into is it its me my '
  + 'no not of on or our should that the their them then there these this to us was we what when where which '
  + 'who why will with would you your').split(' '));
const FIELDS = { title: 4, keywords: 4, heading: 3, text: 1 };
const SATURATION = 1.2;
const stemmer = new EnglishStemmer();
const stems = new Map();

const normal = (text) => text.normalize('NFKC').toLowerCase();
const stem = (word) => {
  if (!stems.has(word)) {
    stems.set(word, stemmer.stemWord(word));
  }
  return stems.get(word);
};

/** The words of a text in Latin letters, stemmed, with how often each stands there. */
const wordsOf = (text) => {
  const counts = new Map();
  for (const [word] of text.matchAll(/[a-z0-9]+/g)) {
    counts.set(stem(word), (counts.get(stem(word)) ?? 0) + 1);
  }
  return counts;
};

const field = (text) => {
  const normalized = normal(text);
  return { text: normalized, words: wordsOf(normalized) };
};

const prepare = (pages) => pages.map((page) => ({
  ...page,
  fields: { title: field(page.title), keywords: field(page.keywords) },
  sections: page.sections.map(([anchor, heading, text]) => ({
    anchor, heading, text, fields: { heading: field(heading), text: field(text) },
  })),
}));

const pairs = (run) => (run.length < 3 ? [run]
  : Array.from({ length: run.length - 1 }, (_, place) => run.slice(place, place + 2)));

/** The terms of a query: stems of words, and pieces of text in Japanese. */
const termsOf = (query, occurs) => {
  const text = normal(query);
  const words = [...text.matchAll(/[a-z0-9]+/g)].map(([word]) => word);
  const content = words.filter((word) => !STOP.has(word));
  const kanji = [...text.matchAll(/[\p{Script=Han}々〆]+/gu)].flatMap(([run]) => pairs(run));
  const katakana = [...text.matchAll(/[\p{Script=Katakana}ー]+/gu)].flatMap(([run]) => pieces(run, occurs));
  const hiragana = [...text.matchAll(/\p{Script=Hiragana}{2,}/gu)].flatMap(([run]) => pairs(run));
  const japanese = [...kanji, ...katakana];
  const latin = content.length || japanese.length ? content : words;
  const rest = latin.length || japanese.length ? japanese : hiragana;
  return [
    ...new Map(latin.map((word) => [stem(word), { word: stem(word) }])).values(),
    ...[...new Set(rest)].map((piece) => ({ piece })),
  ];
};

/** A run of katakana as it is, or in the longest pieces that occur in a page. */
const pieces = (run, occurs) => {
  for (let length = run.length; length > 1; length -= 1) {
    if (occurs(run.slice(0, length))) {
      return [run.slice(0, length), ...pieces(run.slice(length), occurs)];
    }
  }
  return [];
};

const times = (term, { text, words }) => ('word' in term
  ? words.get(term.word) ?? 0
  : text.split(term.piece).length - 1);

/** How well a section answers each term, with the title of its page. */
const weightOf = (term, fields, average) => Object.entries(fields).reduce((sum, [name, content]) => {
  const count = times(term, content);
  const size = name === 'text' ? 0.4 + 0.6 * (content.text.length / average) : 1;
  return sum + (count ? FIELDS[name] * (count / (count + SATURATION * size)) : 0);
}, 0);

/** A heading that the query contains, as a part of the query. */
const named = (heading, query) => {
  const plain = heading.trim();
  return plain.length > 1 && query.includes(plain) ? plain.length / query.length : 0;
};

const ranked = (pages, query) => {
  const asked = normal(query).trim();
  const texts = pages.flatMap((page) => [page.fields.title, ...page.sections.flatMap(({ fields }) => Object.values(fields))]);
  const terms = termsOf(query, (piece) => texts.some(({ text }) => text.includes(piece)));
  const average = texts.reduce((sum, { text }) => sum + text.length, 0) / texts.length;
  const fieldsOf = (page) => [page.fields.title, page.fields.keywords, ...page.sections.flatMap(({ fields }) => Object.values(fields))];
  const rarity = terms.map((term) => {
    const count = pages.filter((page) => fieldsOf(page).some((content) => times(term, content))).length;
    return Math.log(1 + (pages.length - count + 0.5) / (count + 0.5));
  });
  const total = rarity.reduce((sum, one) => sum + one, 0);
  const score = (fields) => {
    const weights = terms.map((term) => weightOf(term, fields, average));
    const matched = rarity.reduce((sum, one, place) => sum + (weights[place] ? one : 0), 0) / (total || 1);
    return matched * weights.reduce((sum, weight, place) => sum + weight * rarity[place], 0);
  };
  const results = pages.map((page) => {
    const sections = page.sections.map((section) => ({
      section,
      score: score({ ...page.fields, ...section.fields })
        + 20 * named(section.fields.heading.text, asked)
        + (section.fields.text.text.includes(asked) ? 2 : 0),
    }));
    const [best] = sections.sort((one, other) => other.score - one.score);
    return best && { page, section: best.section, score: page.weight * (best.score + 20 * named(page.fields.title.text, asked)) };
  });
  return { terms, results: results.filter((result) => result?.score > 0).sort((one, other) => other.score - one.score) };
};

const SNIPPET = 160;

/** A part of the text around the first term. */
const snippet = (text, terms) => {
  const lower = normal(text);
  const places = terms.map(({ word, piece }) => (word
    ? [...lower.matchAll(/[a-z0-9]+/g)].find(([found]) => stem(found) === word)?.index ?? -1
    : lower.indexOf(piece))).filter((place) => place >= 0);
  const start = Math.max(0, Math.min(...places, lower.length) - SNIPPET / 4);
  const from = places.length && start > 0 ? start : 0;
  return `${from ? '…' : ''}${text.slice(from, from + SNIPPET)}${from + SNIPPET < text.length ? '…' : ''}`;
};

const element = (name, text, attributes = {}) => Object.assign(document.createElement(name), { textContent: text, ...attributes });

const shown = ({ page, section }, terms, root) => {
  const entry = element('li', '');
  const address = `${root}${page.address}`;
  entry.append(element('a', page.title, { href: address }));
  if (section.heading && section.heading !== page.title) {
    entry.append(' › ', element('a', section.heading, { href: `${address}#${section.anchor}` }));
  }
  entry.append(element('p', snippet(section.text, terms)));
  return entry;
};

const MOST = 30;
const COUNT = {
  en: (count) => (count ? `${count} pages` : 'No page has any of these words.'),
  ja: (count) => (count ? `${count} ページ` : '該当するページはありません。'),
};

const start = () => {
  const input = document.getElementById('site-query');
  const list = document.getElementById('site-results');
  const count = document.getElementById('site-count');
  const { lang, dataset } = document.documentElement;
  const pages = prepare(SITE_INDEX);
  const answer = () => {
    const asked = input.value.trim();
    const { terms, results } = asked ? ranked(pages, asked) : { terms: [], results: [] };
    list.replaceChildren(...results.slice(0, MOST).map((result) => shown(result, terms, dataset.content_root)));
    count.textContent = asked ? COUNT[lang](results.length) : '';
    document.querySelectorAll('.languages a').forEach((link) => {
      link.search = asked ? `?q=${encodeURIComponent(asked)}` : '';
    });
  };
  input.value = new URLSearchParams(window.location.search).get('q') ?? '';
  input.addEventListener('input', answer);
  answer();
};

if (typeof document !== 'undefined') {
  start();
}
