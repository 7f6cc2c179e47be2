/** The panel's own parts, from top to bottom. */
export const parts = `
[part='panel'] { padding: 1.5rem; overflow-wrap: anywhere; }
[part='title'] { font-size: 1.125rem; font-weight: 650; line-height: 1.3; letter-spacing: -0.01em; }
[part='summary'], [part='hint'] { color: var(--_muted); font-size: 0.8125rem; }
[part='section'] { margin-top: 1.75rem; padding-top: 1.5rem; border-top: 1px solid var(--_line); }
h3, [part='legend'] { margin-bottom: 0.5rem; padding: 0; font-size: 0.9375rem; font-weight: 650; }
[part='notices']:not(:empty) { display: grid; gap: 0.5rem; margin-top: 1rem; }
[part='notice'] {
  padding: 0.65rem 0.85rem;
  border-inline-start: 3px solid var(--_control);
  border-radius: 4px;
  background: var(--_surface);
  font-size: 0.8125rem;
}
[part='fact'] { padding: 0.6rem 0; }
[part='fact-main'] { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 0.5rem; }
[part='fact-main'] > [part='fact-meta'] { display: flex; flex-wrap: wrap; margin-top: 0.1rem; color: var(--_muted); font-size: 0.75rem; }
[part='fact-main'] > button { grid-column: 1 / -1; justify-self: start; }
[part='fact'] + [part='fact'] { border-top: 1px solid var(--_line); }
[part='fact-text'] { line-height: 1.4; }
[part='fact-meta'] { display: flex; flex-wrap: wrap; margin-top: 0.1rem; color: var(--_muted); font-size: 0.75rem; }
[part='fact-meta'] > span { white-space: nowrap; }
[part='fact-meta'] > span:not(:last-child)::after { content: '·'; margin: 0 0.4em; color: var(--_muted); font-weight: 400; }
[part='mark'] { color: var(--_accent); font-weight: 600; }
[part='fact-actions'] { display: flex; margin: -0.25rem -0.4rem -0.25rem 0; }
[part='adder'] { margin-top: 0.75rem; }
[part='form'] { display: grid; gap: 0.5rem; padding: 1rem; border-radius: var(--_radius); background: var(--_surface); font-size: 0.875rem; }
[part='form'] > label { font-weight: 500; }
[part='form'] > [part='choice'] { margin: 0.25rem 0; }
[part='error'] { color: var(--_danger); font-size: 0.8125rem; }
[part='error']:empty { display: none; }
[part='row'] { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
[part='question'] { padding: 0.85rem 1rem; border-radius: var(--_radius); background: var(--_surface); }
[part='question-text'] { margin-bottom: 0.65rem; font-size: 0.875rem; }
[part='fact'] [part='question-text'] { color: var(--_muted); }
[part='answers'] { display: grid; gap: 0.75rem; }
[part='earlier'] { margin-top: 0.75rem; }
[part='earlier'] > [part='answers'] { margin-top: 0.5rem; }
[part='answer'] { display: grid; grid-template-columns: auto 1fr; gap: 0 0.75rem; }
[part='answer'] > button { grid-column: 2; justify-self: start; }
[part~='rating'] { grid-column: 2; font-size: 0.875rem; display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.5rem; margin-top: 0.25rem; }
[part~='rating'] > button { margin: 0; }
[part~='rating']:focus { outline: none; }
[part='time'] { color: var(--_muted); font-size: 0.75rem; line-height: 1.75; font-variant-numeric: tabular-nums; }
[part~='receipt'] { font-size: 0.875rem; }
[part='attached-list'] { margin-top: 0.35rem; padding-inline-start: 0.75rem; border-inline-start: 2px solid var(--_accent); }
[part='attached-list'] > li { line-height: 1.4; }
[part='attached-list'] > li + li { margin-top: 0.35rem; }
[part='details'] > ul { margin-top: 0.1rem; color: var(--_muted); font-size: 0.8125rem; }
[part='figures'] { display: grid; gap: 0.25rem; margin-bottom: 0.6rem; font-size: 0.875rem; }
[part~='figure'] { display: flex; justify-content: space-between; gap: 1rem; }
[part~='figure'] > dd { font-variant-numeric: tabular-nums; }
[part~='strong'] { padding-top: 0.35rem; border-top: 1px solid var(--_line); color: var(--_accent); font-weight: 600; }
[part='choices'] { min-width: 0; }
[part='choice'] { display: flex; gap: 0.65rem; align-items: flex-start; cursor: pointer; }
[part='choices'] > [part='choice'] { padding: 0.5rem 0; }
[part='choice-label'] { display: block; font-weight: 500; }
[part~='choice-help'] { display: block; color: var(--_muted); font-size: 0.8125rem; }
[part~='guess'] { color: var(--_accent); }
[part='stack'] { display: grid; gap: 0.5rem; justify-items: start; }
[part='confirm'] { max-width: 100%; }
[part='status'] {
  position: sticky;
  bottom: 0;
  margin: 0;
  padding: 0.6rem 1.5rem;
  border-top: 1px solid var(--_line);
  background: var(--_surface);
  font-size: 0.8125rem;
  overflow-wrap: anywhere;
}
/* Kept in the tree while empty: screen readers only hear what changes inside a region they know. */
[part='status']:empty { padding: 0; border: 0; }
`
