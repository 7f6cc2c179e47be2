/** Buttons, fields and the switch. Every target is at least 24 pixels high, every focus is visible. */
export const controls = `
button, textarea, select, input { font: inherit; color: inherit; }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
h3:focus-visible { outline-offset: 4px; border-radius: 2px; }
[part~='button'] {
  padding: 0.4rem 0.85rem;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: transparent;
  font-weight: 500;
  font-size: 0.875rem;
  text-align: start;
  cursor: pointer;
  transition: background-color 120ms, border-color 120ms;
}
[part~='button']:hover { background: var(--_surface); border-color: var(--_control); }
[part~='button']:disabled { opacity: 0.6; cursor: default; }
[part~='primary'] { background: var(--_accent); border-color: var(--_accent); color: var(--_on-accent); }
[part~='primary']:hover { background: var(--_accent); border-color: var(--_accent); filter: brightness(1.08); }
[part~='danger'] { border-color: var(--_danger); color: var(--_danger); }
[part~='danger']:hover { border-color: var(--_danger); background: transparent; text-decoration: underline; }
[part~='quiet'] { border-color: transparent; color: var(--_muted); }
[part~='quiet']:hover { border-color: transparent; color: var(--_text); }
[part~='small'], [part~='again'] { padding: 0.2rem 0.5rem; margin-inline-start: -0.5rem; font-size: 0.8125rem; color: var(--_accent); }
[part~='small']:hover, [part~='again']:hover { color: var(--_accent); }
[part='icon-button'] {
  display: grid;
  place-items: center;
  width: 1.875rem;
  height: 1.875rem;
  padding: 0;
  border: 0;
  border-radius: 8px;
  background: transparent;
  color: var(--_muted);
  cursor: pointer;
}
[part='icon-button']:hover { background: var(--_surface); color: var(--_text); }
[part='icon-button'][aria-pressed='true'] { color: var(--_accent); }
[part='icon-button'][aria-pressed='true'] path { fill: currentColor; }
svg { width: 1rem; height: 1rem; fill: none; stroke: currentColor; stroke-width: 1.25; stroke-linecap: round; stroke-linejoin: round; }
[part='field'] {
  width: 100%;
  padding: 0.5rem 0.65rem;
  border: 1px solid var(--_control);
  border-radius: var(--_radius);
  background: var(--_background);
}
[part='field']::placeholder { color: var(--_muted); opacity: 1; }
textarea { resize: vertical; }
[part='field'][aria-invalid='true'] { border-color: var(--_danger); }
input[type='radio'], input[type='checkbox'] { width: 1.1rem; height: 1.1rem; margin: 0.2rem 0 0; accent-color: var(--_accent); flex: none; }
[part='switch'] {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 1rem;
  width: 100%;
  margin-top: 1rem;
  padding: 0.35rem 0;
  border: 0;
  border-radius: 6px;
  background: transparent;
  font-weight: 500;
  text-align: start;
  cursor: pointer;
}
[part='switch-track'] {
  position: relative;
  flex: none;
  width: 2.5rem;
  height: 1.5rem;
  border: 1px solid var(--_control);
  border-radius: 1rem;
  background: var(--_surface);
  transition: background-color 150ms;
}
[part='switch-track']::after {
  content: '';
  position: absolute;
  inset: 3px auto auto 3px;
  width: 1rem;
  height: 1rem;
  border-radius: 50%;
  background: var(--_control);
  transition: translate 150ms;
}
[aria-checked='true'] > [part='switch-track'] { background: var(--_accent); border-color: var(--_accent); }
[aria-checked='true'] > [part='switch-track']::after { translate: 1rem 0; background: var(--_on-accent); }
summary { width: fit-content; padding: 0.2rem 0; border-radius: 4px; color: var(--_muted); font-size: 0.8125rem; cursor: pointer; }
summary:hover { color: var(--_text); }
@media (forced-colors: active) {
  [part='switch-track']::after { background: ButtonText; }
  [aria-checked='true'] > [part='switch-track'] { background: Highlight; }
  [part~='primary'] { border-color: Highlight; }
}
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { transition: none !important; animation: none !important; }
}
`
