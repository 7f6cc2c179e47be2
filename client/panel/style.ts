import { controls } from './style-controls.ts'
import { learningParts } from './style-learning.ts'
import { parts } from './style-parts.ts'

/**
 * Colours and measures; each is taken from `--edgewise-NAME` where the page sets it. Light or dark as the
 * page's own `color-scheme`, which is inherited. Contrast of text is at least 4.5:1 in both.
 */
const tokens = `
:host {
  --_background: var(--edgewise-background, light-dark(#fdfcfa, #1b1a18));
  --_surface: var(--edgewise-surface, light-dark(#f4f2ed, #262421));
  --_text: var(--edgewise-text, light-dark(#1f1d1a, #ece9e3));
  --_muted: var(--edgewise-muted, light-dark(#66615a, #a8a299));
  --_line: var(--edgewise-line, light-dark(#e4e0d8, #393631));
  --_control: var(--edgewise-control, light-dark(#8b857b, #7d776d));
  --_accent: var(--edgewise-accent, light-dark(#1f6b4f, #7fcfac));
  --_on-accent: var(--edgewise-on-accent, light-dark(#ffffff, #10241b));
  --_accent-soft: var(--edgewise-accent-soft, light-dark(#e6f1eb, #1f332a));
  --_danger: var(--edgewise-danger, light-dark(#a3311f, #f2a090));
  --_radius: var(--edgewise-radius, 10px);
  display: block;
  color: var(--_text);
  background: var(--_background);
  font-family: var(--edgewise-font, inherit);
  font-size: 0.9375rem;
  font-weight: 400;
  line-height: 1.5;
  text-align: start;
}
:host([theme='light']) { color-scheme: light; }
:host([theme='dark']) { color-scheme: dark; }
:host([hidden]), [hidden] { display: none !important; }
*, ::before, ::after { box-sizing: border-box; }
h2, h3, p, ul, ol, dl, dd, fieldset { margin: 0; padding: 0; border: 0; }
ul, ol { list-style: none; }
`

const css = tokens + controls + parts + learningParts

/** Styles go in as a sheet object: a strict `style-src` does not block it. */
export function adoptStyle(root: ShadowRoot): void {
  if (root.adoptedStyleSheets.length > 0) return
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [sheet]
}
