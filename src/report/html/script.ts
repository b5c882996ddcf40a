/**
 * What the page can do beyond being read: sort and filter its tables, fold and unfold, and keys for these. It reads the
 * page and nothing else; no data is in it. Its hash stands in the page's security policy.
 */
export const SCRIPT = `
'use strict';
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (name, props, ...children) => {
    const made = Object.assign(document.createElement(name), props);
    made.append(...children);
    return made;
  };
  const lists = all('table.list');

  const valueOf = (cell) => {
    const text = cell.textContent.trim();
    const number = Number(text.replace(/[,%]/g, ''));
    return text !== '' && !Number.isNaN(number) ? number : text;
  };
  const compare = (a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true });
  const sortBy = (head) => {
    const heads = [...head.parentElement.cells];
    const place = heads.indexOf(head);
    const down = head.getAttribute('aria-sort') !== 'descending' && (head.className === 'num' || head.hasAttribute('aria-sort'));
    heads.forEach((one) => one.removeAttribute('aria-sort'));
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const body = head.closest('table').tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, value: valueOf(row.cells[place]) }));
    rows.sort((a, b) => (down ? compare(b.value, a.value) : compare(a.value, b.value)));
    body.append(...rows.map(({ row }) => row));
  };
  lists.forEach((table) => {
    if (table.tBodies[0].rows.length < 2) return;
    all('thead th', table).forEach((head) => {
      const button = make('button', { type: 'button' }, head.textContent);
      button.addEventListener('click', () => sortBy(head));
      head.replaceChildren(button);
    });
  });

  const input = make('input', { type: 'search', id: 'filter', placeholder: 'Filter the lists ( / )', autocomplete: 'off' });
  input.setAttribute('aria-label', 'Filter the lists');
  const told = make('span', { id: 'told' });
  told.setAttribute('role', 'status');
  const filter = () => {
    const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    let of = 0;
    lists.forEach((table) =>
      [...table.tBodies[0].rows].forEach((row) => {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        of++;
        if (!row.hidden) shown++;
      }),
    );
    told.textContent = words.length === 0 ? '' : shown + ' of ' + of + ' rows';
  };
  input.addEventListener('input', filter);

  const details = all('details');
  const unfold = (open) => details.forEach((one) => (one.open = open));
  const sections = all('main > section');
  const step = (by) => {
    const at = sections.findLastIndex((one) => one.getBoundingClientRect().top < 80);
    const next = sections[Math.min(sections.length - 1, Math.max(0, at + by))];
    next.scrollIntoView();
    next.querySelector('h2').focus({ preventScroll: true });
  };

  const keys = [
    ['/', 'filter the lists', () => input.focus()],
    ['n', 'next section', () => step(1)],
    ['p', 'section before', () => step(-1)],
    ['e', 'unfold everything', () => unfold(true)],
    ['c', 'fold everything', () => unfold(false)],
    ['?', 'these keys', () => help.showModal()],
  ];
  const help = make('dialog', { id: 'help' });
  const close = make('button', { type: 'button', className: 'tool' }, 'Close');
  close.addEventListener('click', () => help.close());
  help.setAttribute('aria-labelledby', 'help-h');
  help.append(
    make('h2', { id: 'help-h' }, 'Keys'),
    make('dl', {}, ...keys.flatMap(([key, about]) => [make('dt', {}, make('kbd', {}, key)), make('dd', {}, about)])),
    close,
  );
  const opener = make('button', { type: 'button', className: 'tool' }, 'Keys');
  opener.addEventListener('click', () => help.showModal());
  document.body.append(help);
  document.getElementById('tools').append(told, input, opener);

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target === input) {
      if (event.key !== 'Escape') return;
      input.value = '';
      filter();
      input.blur();
      return;
    }
    const found = keys.find(([key]) => key === event.key);
    if (found === undefined) return;
    event.preventDefault();
    found[2]();
  });

  let folded = [];
  addEventListener('beforeprint', () => {
    folded = details.filter((one) => !one.open);
    unfold(true);
  });
  addEventListener('afterprint', () => folded.forEach((one) => (one.open = false)));
})();
`;
