'use strict';
// Finds the pages that answer a query; the index of the pages is in search-index.js.
//
// A query is split into English words, which are stemmed, runs of katakana, and pairs of
// kanji; hiragana only counts where there is nothing else, since it is mostly grammar. The same
// is looked for in the text, so that no word list has to know a term. A page needs no more than
// one of the terms: what is rare counts more than what is frequent (BM25).

const STOP = new Set(('a about after all am an and any are as at be been but by can could did do does each for from get '
  + 'had has have how i if in into is it its know learn let make me mean means meaning mine more must my need no not of on one or our out please see '
  + 'should so some than that the their them then there these they this those to too up us use want was we were '
  + 'what when where which who why will with would you your 方 何 事 時 際 物 者 他 場合 方法 意味 調べ').split(' '));
const FIELDS = { title: 4, keywords: 6, heading: 3, text: 1 };
/** What a term weighs where it is only the beginning of a word, as in waive and waiver. */
const BEGINNING = 0.7;
const SHORTEST_BEGINNING = 4;
const SATURATION = 1.2;
/** How much the page as a whole counts beside its best section. */
const WHOLE = 0.4;
/** What it weighs that a query is, or contains, the heading of a section or the title of a page. */
const NAMED = 20;
const EXACT = 30;
/** What a term of the glossary weighs at least in a query that contains it. */
const DEFINED = 6;
const stemmer = new EnglishStemmer();
const stems = new Map();

const normal = (text) => text.normalize('NFKC').toLowerCase();
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const stem = (word) => {
  if (!stems.has(word)) {
    stems.set(word, stemmer.stemWord(word));
  }
  return stems.get(word);
};
const latin = (text) => [...text.matchAll(/[a-z0-9]+/g)].map(([word]) => word);

/** A text as the search compares it: normalized, and its English words with their numbers. */
const field = (text) => {
  const normalized = normal(text);
  const words = new Map();
  for (const word of latin(normalized).map(stem)) {
    words.set(word, (words.get(word) ?? 0) + 1);
  }
  return { text: normalized, words };
};

const mean = (several) => sum(several.map(({ fields }) => fields.text.text.length)) / several.length;

/** What the search needs of a page. */
const preparePage = (page) => {
  const sections = page.sections.map(([anchor, heading, text]) => ({
    anchor, heading, text, fields: { heading: field(heading), text: field(text) },
  }));
  const titles = { title: field(page.title), keywords: field(page.keywords.join('\n')) };
  const heading = field(sections.map((section) => section.heading).join('\n'));
  const text = field(sections.map((section) => section.text).join('\n'));
  const names = [page.title, ...page.keywords].map(field);
  return { ...page, sections, titles, names, fields: { ...titles, heading, text } };
};

/** The pages, and what of them is the same for each query. */
const prepare = (entries) => {
  const pages = entries.map(preparePage);
  const contents = pages.flatMap(({ fields }) => Object.values(fields));
  return {
    pages,
    contents,
    vocabulary: [...new Set(contents.flatMap(({ words }) => [...words.keys()]))],
    average: { page: mean(pages), section: mean(pages.flatMap(({ sections }) => sections)) },
  };
};

const pairs = (run) => (run.length < 3 ? [run]
  : [run, ...Array.from({ length: run.length - 1 }, (_, place) => run.slice(place, place + 2))]);

/** A run of katakana as it is, or in the longest pieces that occur in a page. */
const pieces = (run, occurs) => {
  for (let length = run.length; length > 1; length -= 1) {
    if (occurs(run.slice(0, length))) {
      return [run.slice(0, length), ...pieces(run.slice(length), occurs)];
    }
  }
  return [];
};

const runs = (text, pattern) => [...text.matchAll(pattern)].map(([run]) => run);

/** The terms of a query: stems of words, and pieces of text in Japanese. */
const termsOf = (query, occurs, hasPhrases) => {
  const text = normal(query);
  const kept = (terms) => [...new Set(terms)].filter((term) => !STOP.has(term) && !STOP.has(term.replace(/^(.)\p{Script=Hiragana}$/u, '$1')));
  // One kanji says little: 読み is looked for with its first kana.
  const kanji = runs(text, /[\p{Script=Han}々〆]{2,}|[\p{Script=Han}々〆]\p{Script=Hiragana}?/gu);
  const katakana = runs(text, /[\p{Script=Katakana}ー]{2,}/gu).flatMap((run) => pieces(run, occurs));
  const words = kept(latin(text)).map((word) => ({ word: stem(word) }));
  const japanese = kept([...kanji.flatMap(pairs), ...katakana]).map((piece) => ({ piece }));
  if (words.length || japanese.length || hasPhrases) {
    return [...words, ...japanese];
  }
  const hiragana = runs(text, /\p{Script=Hiragana}{2,}/gu).flatMap(pairs);
  return [...latin(text).map((word) => ({ word: stem(word) })), ...hiragana.map((piece) => ({ piece }))];
};

const begins = (word, other) => Math.min(word.length, other.length) >= SHORTEST_BEGINNING
  && (word.startsWith(other) || other.startsWith(word));

/** The stems that a word stands for: itself, and what begins like it. */
const similar = (word, vocabulary) => [[word, 1],
  ...vocabulary.filter((other) => other !== word && begins(word, other)).map((other) => [other, BEGINNING])];

/** How often a term is in a text. */
const times = ({ similar: stemmed, piece }, { text, words }) => (piece === undefined
  ? sum(stemmed.map(([word, weight]) => weight * (words.get(word) ?? 0)))
  : text.split(piece).length - 1);

const isIn = ({ text }, query) => text.length > 1 && query.includes(text);

/** How well it answers that the query contains a heading: as much as that is of the query. */
const named = (heading, query, terms) => {
  if (!isIn(heading, query)) {
    return 0;
  }
  const { text } = heading;
  const own = terms.filter(({ word, piece }) => (word ? latin(text).some((other) => stem(other) === word) : text.includes(piece)));
  const share = sum(own.map(({ rarity }) => rarity)) / sum(terms.map(({ rarity }) => rarity));
  return (text === query ? EXACT : NAMED) * (terms.length ? share : text.length / query.length) ** 2.5;
};

/** The pages that answer a query, best first, each with its best section. */
const ranked = ({ pages, contents, vocabulary, average }, query) => {
  const asked = normal(query).replace(/[?!,。、]/g, ' ').trim();
  const occurs = (run) => contents.some(({ text }) => text.includes(run));
  // A name of the code is looked for in lists of names.
  const isName = asked.includes('_');
  // Terms of several words, such as "as of", which would be lost among the words without meaning.
  const phrases = pages.flatMap(({ names }) => names.map(({ text }) => text))
    .filter((text) => /^[a-z]+( [a-z]+)+$/.test(text) && ` ${asked} `.includes(` ${text} `));
  const all = [...termsOf(query, occurs, phrases.length), ...[...new Set(phrases)].map((piece) => ({ piece }))];
  const terms = all.map((term) => {
    const expanded = term.word ? { ...term, similar: similar(term.word, vocabulary) } : term;
    const count = pages.filter(({ fields }) => Object.values(fields).some((content) => times(expanded, content))).length;
    return { ...expanded, rarity: Math.log(1 + (pages.length - count + 0.5) / (count + 0.5)) };
  });
  const total = sum(terms.map(({ rarity }) => rarity));
  const score = (fields, length) => {
    const weights = terms.map((term) => term.rarity * sum(Object.entries(fields).map(([name, content]) => {
      const count = times(term, content);
      const size = name === 'text' ? 0.4 + 0.6 * (content.text.length / length) : 1;
      return count ? FIELDS[name] * (count / (count + SATURATION * size)) : 0;
    })));
    const matched = sum(terms.map(({ rarity }, place) => (weights[place] ? rarity : 0))) / (total || 1);
    return matched * sum(weights);
  };
  const results = pages.map((page) => {
    const whole = score(page.fields, average.page);
    if (!whole) {
      return { page, score: 0 };
    }
    const sections = page.sections.map((section) => ({
      section,
      score: score({ ...page.titles, ...section.fields }, average.section)
        + Math.max(named(section.fields.heading, asked, terms), page.defines && isIn(section.fields.heading, asked) ? DEFINED : 0)
        + (section.fields.text.text.includes(asked) ? 1 : 0),
    }));
    const best = sections.reduce((one, other) => (other.score > one.score ? other : one));
    const name = Math.max(...page.names.map((one) => named(one, asked, terms)));
    return { page, section: best.section, score: (isName ? 1 : page.weight) * (best.score + WHOLE * whole + name) };
  });
  return { terms, results: results.filter((result) => result.score > 0).sort((one, other) => other.score - one.score) };
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
  const index = prepare(SITE_INDEX);
  const answer = () => {
    const asked = input.value.trim();
    const { terms, results } = asked ? ranked(index, asked) : { terms: [], results: [] };
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
