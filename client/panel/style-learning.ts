/** The parts on learning, history and erasure. */
export const learningParts = `
h4 { margin: 1.25rem 0 0.35rem; font-size: 0.875rem; font-weight: 600; }
[part~='confirm-section'] {
  margin-top: 1.25rem;
  padding: 1rem;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_accent-soft);
}
[part~='confirm-section'] h3 { margin-bottom: 0.15rem; }
[part~='confirm-section'] [part='row'] { margin-top: 0.5rem; }
[part~='confirm-section'] [part~='quiet'] { color: var(--_text); }
[part~='section'] > [part='switch'] { margin-top: 0; }
[part='kinds'] { margin-top: 0.5rem; }
[part='kinds'] > summary { color: var(--_text); font-size: 0.875rem; }
[part='kind-list'] { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 0 1.5rem; margin-top: 0.5rem; }
[part='kind-list'] > [part='switch'] { margin-top: 0; font-weight: 400; font-size: 0.875rem; }
[part='guess-question'] { grid-column: 1 / -1; margin-top: 0.35rem; }
[part='guess-question'] > [part='row'] { margin-top: 0.15rem; }
[part='log'] { display: grid; gap: 0.6rem; margin-top: 0.5rem; }
[part='change'] { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 0.75rem; font-size: 0.875rem; }
[part='change'] > [part='fact-text'], [part='change'] > [part='fact-meta'] { grid-column: 1; }
[part='change'] > button { grid-column: 2; grid-row: 1 / span 2; align-self: center; }
[part='undo'] { display: flex; gap: 0.75rem; align-items: center; justify-content: space-between; padding: 0.5rem 0.85rem; border-radius: var(--_radius); background: var(--_surface); }
[part='start-form'] { display: grid; gap: 0.75rem; margin-top: 0.75rem; }
[part='start-question'] { display: grid; gap: 0.25rem; font-size: 0.875rem; }
[part='start-question'] > label { font-weight: 500; }
[part='facets'] { display: grid; gap: 0.5rem; margin-bottom: 0.6rem; font-size: 0.875rem; }
[part='facet'] { display: grid; grid-template-columns: minmax(5rem, 30%) minmax(0, 1fr); gap: 0 0.75rem; }
[part='facet'] > dt { color: var(--_muted); }
[part='facet'] > dd { grid-column: 2; line-height: 1.4; }
[part='facet'] > [part='facet-source'] { color: var(--_muted); font-size: 0.75rem; }
[part='proof'] { margin-top: 1rem; padding: 1rem; border-radius: var(--_radius); background: var(--_surface); }
[part='proof'] > h4 { margin-top: 0; }
[part='proof'] > textarea { margin: 0.6rem 0; font: 0.75rem/1.5 ui-monospace, monospace; }
`
