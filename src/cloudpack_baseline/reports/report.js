(() => {
  const root = document.documentElement;
  root.classList.add('js');

  const buttons = [...document.querySelectorAll('[data-set-lang]')];
  const setLanguage = (language) => {
    root.lang = language;
    root.dataset.lang = language;
    for (const button of buttons) {
      button.setAttribute('aria-pressed', String(button.dataset.setLang === language));
    }
    for (const element of document.querySelectorAll('[data-ja]')) {
      element.setAttribute('aria-label', element.dataset[language]);
    }
    document.title = document.querySelector(`h1 [lang=${language}]`).textContent;
  };
  for (const button of buttons) {
    button.addEventListener('click', () => setLanguage(button.dataset.setLang));
  }
  setLanguage(root.dataset.lang);

  const search = document.getElementById('search');
  const boxes = [...document.querySelectorAll('input[name=outcome]')];
  const shown = document.getElementById('shown');
  const total = document.querySelectorAll('.members > li').length;
  const lower = (element) => element.textContent.toLowerCase();

  // Read once, when it is first searched: 10,000 findings are a second's work.
  let sections = null;
  const index = () => [...document.querySelectorAll('.control')].map((element) => ({
    element,
    head: lower(element.querySelector('h3')) + element.id,
    groups: [...element.querySelectorAll('.alike')].map((group) => ({
      group,
      outcome: [...group.classList].find((name) => name !== 'alike'),
      words: [...group.children].filter((part) => !part.matches('.members')).map(lower).join(' '),
      members: [...group.querySelectorAll('.members > li')].map((member) => [member, lower(member)]),
    })),
  }));

  const apply = () => {
    const text = search.value.trim().toLowerCase();
    const checked = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let count = total;
    if (sections || text || checked.size < boxes.length) {
      sections = sections || index();
      count = 0;
      for (const { element, head, groups } of sections) {
        let inSection = 0;
        for (const { group, outcome, words, members } of groups) {
          const all = !text || head.includes(text) || words.includes(text);
          let inGroup = 0;
          for (const [member, key] of members) {
            const matches = checked.has(outcome) && (all || key.includes(text));
            member.hidden = !matches;
            inGroup += matches ? 1 : 0;
          }
          group.hidden = inGroup === 0;
          // What a search finds among folded resources is shown, and folded again afterwards.
          const unfolds = !all && inGroup > 0;
          if (group.tagName === 'DETAILS' && (unfolds || group.dataset.found)) {
            group.open = unfolds;
            group.dataset.found = unfolds ? 'yes' : '';
          }
          inSection += inGroup;
        }
        element.hidden = inSection === 0;
        count += inSection;
      }
    }
    shown.textContent = `${count} / ${total}`;
  };
  const reset = () => {
    search.value = '';
    for (const box of boxes) {
      box.checked = true;
    }
    apply();
  };
  search.addEventListener('input', apply);
  for (const box of boxes) {
    box.addEventListener('change', apply);
  }
  document.getElementById('reset').addEventListener('click', () => {
    reset();
    search.focus();
  });
  apply();

  // A deep link shows its finding, whatever is folded or filtered.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) {
      return;
    }
    if (target.closest('[hidden]')) {
      reset();
    }
    for (let part = target.parentElement; part; part = part.parentElement) {
      if (part.tagName === 'DETAILS') {
        part.open = true;
      }
    }
    target.scrollIntoView();
    target.setAttribute('tabindex', '-1');
    target.focus({ preventScroll: true });
  };
  addEventListener('hashchange', reveal);
  reveal();

  // On paper nothing can be unfolded; what passes stays a number.
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details.paper:not([open])')];
    for (const details of opened) {
      details.open = true;
    }
  });
  addEventListener('afterprint', () => {
    for (const details of opened) {
      details.open = false;
    }
  });
})();
