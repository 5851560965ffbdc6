/** `/stylesheets/supervisor.css`: how the pages look. Light or dark as the reader's system has it; a table on a desk, a list on a phone. */

export const stylesheet = `:root {
  color-scheme: light dark;
  --page: #f7f7f5;
  --sheet: #ffffff;
  --line: #e3e3df;
  --text: #22262a;
  --quiet: #646b72;
  --link: #1d5fa8;
  --hover: #f0f4f8;
  --good: #1d7a3f;
  --good-back: #e4f4e9;
  --bad: #b3261e;
  --bad-back: #fbe6e4;
  --busy: #8a5a00;
  --busy-back: #fcf0d6;
  --still-back: #eceeef;
}

@media (prefers-color-scheme: dark) {
  :root {
    --page: #15181b;
    --sheet: #1d2125;
    --line: #33393f;
    --text: #e4e6e8;
    --quiet: #9aa3ab;
    --link: #82b7f0;
    --hover: #262c32;
    --good: #7fd6a0;
    --good-back: #17372a;
    --bad: #ff9d94;
    --bad-back: #45201d;
    --busy: #f0c36b;
    --busy-back: #3d3014;
    --still-back: #2b3036;
  }
}

* { box-sizing: border-box; }

body {
  margin: 0 auto;
  padding: 0 1.25rem;
  max-width: 80rem;
  background: var(--page);
  color: var(--text);
  font: 15px/1.5 system-ui, sans-serif;
}

header { padding: 1.1rem 0 0.4rem; }
.identifier { font-size: 1.25rem; font-weight: 600; color: inherit; }
footer { padding: 1.2rem 0 2rem; color: var(--quiet); font-size: 0.85rem; }

h1 { margin: 0; font-size: 1.15rem; overflow-wrap: anywhere; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }

.status_msg {
  margin: 0.6rem 0;
  padding: 0.6rem 0.9rem;
  border-radius: 6px;
  background: var(--good-back);
  color: var(--good);
  white-space: pre-line;
  overflow-wrap: anywhere;
}
.status_msg.trouble { background: var(--bad-back); color: var(--bad); }

.toolbar { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: flex-start; padding: 0.5rem 0 0.9rem; }
.toolbar h1, .summary { flex: 1 1 16rem; margin: 0; }
.empty { color: var(--quiet); }

button, .button {
  display: inline-block;
  padding: 0.2rem 0.65rem;
  border: 1px solid var(--line);
  border-radius: 6px;
  background: var(--sheet);
  color: var(--text);
  font: inherit;
  cursor: pointer;
}
button:hover, .button:hover { background: var(--hover); text-decoration: none; }
button:focus-visible, a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
button.danger { border-color: var(--bad); color: var(--bad); }

details button { margin-top: 0.4rem; }
summary.button { list-style: none; }
summary.button::-webkit-details-marker { display: none; }

.statusrunning, .statuserror, .statusnominal {
  display: inline-block;
  padding: 0 0.55rem;
  border-radius: 999px;
  background: var(--still-back);
  color: var(--quiet);
  font-size: 0.85rem;
  font-weight: 600;
  white-space: nowrap;
}
.statusrunning { background: var(--good-back); color: var(--good); }
.statuserror, .unknown { background: var(--bad-back); color: var(--bad); }
.starting, .stopping { background: var(--busy-back); color: var(--busy); }

table {
  width: 100%;
  overflow: hidden;
  border: 1px solid var(--line);
  border-spacing: 0;
  border-radius: 8px;
  background: var(--sheet);
}
th, td { padding: 0.4rem 0.8rem; text-align: left; vertical-align: baseline; }
th { color: var(--quiet); font-size: 0.85rem; font-weight: 600; }
tbody td { border-top: 1px solid var(--line); }
tbody tr:hover { background: var(--hover); }
.name { font-weight: 600; overflow-wrap: anywhere; }
.description { color: var(--quiet); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.actions { white-space: nowrap; }
.actions button { padding: 0 0.5rem; font-size: 0.9rem; }
.actions a { padding: 0 0.25rem; font-size: 0.9rem; }
.layer { padding: 0 0.4rem; border: 1px solid var(--line); border-radius: 4px; color: var(--quiet); font-size: 0.75rem; font-weight: 400; }

pre {
  margin: 0;
  padding: 0.9rem;
  overflow-x: auto;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--sheet);
  font: 13px/1.5 ui-monospace, monospace;
}

@media (max-width: 52rem) {
  body { padding: 0 0.75rem; }
  thead { display: none; }
  table, tbody { display: block; }
  tr { display: grid; grid-template-columns: 1fr auto; gap: 0.15rem 0.6rem; padding: 0.6rem 0.75rem; }
  tr + tr { border-top: 1px solid var(--line); }
  tbody td { padding: 0; border: 0; }
  .name { grid-area: 1 / 1; }
  .state { grid-area: 1 / 2; }
  .description { grid-area: 2 / 1 / auto / span 2; }
  .actions { grid-area: 3 / 1 / auto / span 2; white-space: normal; padding-top: 0.3rem; }
  .actions button, .actions a { display: inline-block; margin: 0 0.15rem 0.3rem 0; padding: 0.3rem 0.7rem; }
}
`;
