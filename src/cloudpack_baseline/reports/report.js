(() => {
  const root = document.documentElement;
  const buttons = [...document.querySelectorAll('[data-set-lang]')];
  const setLanguage = (language) => {
    root.lang = language;
    root.dataset.lang = language;
    for (const button of buttons) {
      button.setAttribute('aria-pressed', String(button.dataset.setLang === language));
    }
  };
  for (const button of buttons) {
    button.addEventListener('click', () => setLanguage(button.dataset.setLang));
  }
  setLanguage(root.dataset.lang);

  const search = document.getElementById('search');
  const boxes = [...document.querySelectorAll('input[name=outcome]')];
  const sections = [...document.querySelectorAll('.control')].map((element) => ({
    element,
    findings: [...element.querySelectorAll('.finding')],
  }));
  const shown = document.getElementById('shown');
  const total = sections.reduce((sum, section) => sum + section.findings.length, 0);
  const apply = () => {
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const text = search.value.trim().toLowerCase();
    let count = 0;
    for (const { element, findings } of sections) {
      const head = text && element.firstElementChild.textContent.toLowerCase().includes(text);
      let visible = 0;
      for (const finding of findings) {
        const matches =
          [...finding.classList].some((name) => wanted.has(name)) &&
          (!text || head || element.id.includes(text) ||
            finding.textContent.toLowerCase().includes(text));
        finding.hidden = !matches;
        visible += matches ? 1 : 0;
      }
      for (const details of element.querySelectorAll('.alike')) {
        details.hidden = !details.querySelector('.finding:not([hidden])');
      }
      element.hidden = visible === 0;
      count += visible;
    }
    shown.textContent = `${count} / ${total}`;
  };
  search.addEventListener('input', apply);
  for (const box of boxes) {
    box.addEventListener('change', apply);
  }
  apply();
})();
