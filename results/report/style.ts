/**
 * How the page looks. Colours of policies are told apart by colour-blind people (after Okabe and Ito, darkened or lightened for
 * contrast) and each has a dash of its own. Dark and light follow the reader's system.
 */

interface PolicyLook {
  readonly light: string;
  readonly dark: string;
  readonly dash: string;
}

export const POLICY_LOOKS: readonly PolicyLook[] = [
  { light: '#0067a8', dark: '#5ab4f0', dash: 'none' },
  { light: '#b84a00', dark: '#f2914b', dash: '9 4' },
  { light: '#00795a', dark: '#3ccf9f', dash: '2 4' },
  { light: '#a3467c', dark: '#e79cc7', dash: '12 3 2 3' },
  { light: '#7a5c00', dark: '#e3c34a', dash: '5 3' },
  { light: '#3f6f8f', dark: '#a5d3ea', dash: '14 4' },
  { light: '#4d4d4d', dark: '#c9c9c9', dash: '4 2 1 2' },
  { light: '#5b3fb0', dark: '#b6a4f5', dash: '7 2' },
];

/** From nearly empty to full; full is what stands out from the page, and lightness alone orders the steps. */
const HEAT_LIGHT = [
  '#dcebf7',
  '#c4dcef',
  '#a8cbe6',
  '#86b6da',
  '#649fcc',
  '#4687bc',
  '#2f6ea8',
  '#1d558f',
  '#103d73',
  '#072854',
];
/** Cividis. */
const HEAT_DARK = [
  '#1a386f',
  '#2e416d',
  '#44506c',
  '#5a606e',
  '#707173',
  '#8a8678',
  '#a59c74',
  '#c3b369',
  '#e1cc55',
  '#fee838',
];

const BASE = `
:root{color-scheme:light dark;--bg:#fff;--panel:#f6f7f9;--ink:#16202b;--soft:#4f5d6b;--rule:#d5dbe1;--grid:#e3e7eb;--link:#0b5cad;--good:#00795a;--bad:#a8321a;--wait:#b8c1ca;--empty:#eef1f4}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:auto}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--bg);padding:8px 12px;z-index:9;border:2px solid var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
a{color:var(--link)}
header,main,footer{max-width:1240px;margin:0 auto;padding:0 20px}
header{padding-top:24px}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 4px}
h2{font-size:1.35rem;margin:40px 0 8px;padding-top:14px;border-top:1px solid var(--rule)}
h3{font-size:1.12rem;margin:26px 0 8px}
h4{font-size:1rem;margin:0 0 4px}
.soft,figcaption,.meta,.tick{color:var(--soft)}
.soft{font-size:.88em}
.meta{margin:0 0 12px;font-size:.92rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;padding:0;margin:8px 0}
.answer{background:var(--panel);border:1px solid var(--rule);border-radius:10px;padding:16px 20px;margin:16px 0}
.answer h2{border:0;margin:0 0 6px;padding:0;font-size:1.3rem}
.answer h3{margin:14px 0 4px}
.verdict{margin:10px 0 4px}
.verdict{font-size:1.06rem}.lead{margin:6px 0 0;font-size:.92rem;color:var(--soft)}.sentences{margin:4px 0 8px;padding-left:1.2em}
.sentences li{margin:2px 0}
.policy{font-weight:650;border-bottom:3px solid var(--c)}
.mark.better{color:var(--good)}.mark.worse{color:var(--bad)}
.note{border-left:4px solid var(--bad);padding:4px 12px;margin:12px 0;background:var(--panel)}
fieldset{border:1px solid var(--rule);border-radius:8px;padding:4px 14px 8px;margin:14px 0;display:flex;flex-wrap:wrap;gap:2px 18px}
fieldset label{display:inline-flex;align-items:center;gap:7px;min-height:32px;cursor:pointer}
fieldset input{width:18px;height:18px;accent-color:var(--c)}
.figures+.figures{margin-top:18px}.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,370px),1fr));gap:18px;align-items:start}
.figures.one{grid-template-columns:minmax(0,600px)}
figure{margin:0;border:1px solid var(--rule);border-radius:10px;padding:12px 14px;background:var(--bg);min-width:0;max-width:600px}
figure.high{grid-row:span 2}figcaption{font-size:.88rem;margin-top:4px}
svg.chart{display:block;width:100%;height:auto}
svg text{font:14px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;fill:var(--soft)}
svg text.title{fill:var(--ink)}svg text.over{paint-order:stroke;stroke:var(--bg);stroke-width:5px;stroke-linejoin:round}svg .on{fill:#16202b;font-size:12px}
.grid{stroke:var(--grid);fill:none}.axis{stroke:var(--soft);fill:none}
.line{fill:none;stroke:var(--c);stroke-width:2.2;stroke-dasharray:var(--d);stroke-linejoin:round}
.band{fill:var(--c);opacity:.18;stroke:none}
.whisker{stroke:var(--c);stroke-width:2.5;fill:none}
.dot{fill:var(--c);stroke:var(--c);stroke-width:2}.ring{fill:var(--bg);stroke:var(--c);stroke-width:2}
.chosen{fill:none;stroke:var(--ink);stroke-width:2}.limit{stroke:var(--ink);stroke-dasharray:6 4;fill:none}
.wait{fill:var(--wait);background:var(--wait)}.start{fill:var(--c);background:var(--soft)}.run{fill:var(--c);opacity:.35;background:var(--soft)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 16px;margin:2px 0 4px;padding:0;font-size:.92rem}
.legend li{display:inline-flex;align-items:center;gap:6px}.key{width:28px;height:10px}
.box{display:inline-block;width:18px;height:12px}
.scroll{overflow-x:auto;max-width:100%;margin:8px 0;position:relative}
.tall .scroll{max-height:560px;overflow-y:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums;overflow-wrap:normal}
caption{text-align:left;font-weight:600;padding:4px 0}
th,td{text-align:left;padding:6px 14px 6px 0;border-bottom:1px solid var(--rule);vertical-align:top}
thead th{border-bottom:2px solid var(--soft);vertical-align:bottom;white-space:nowrap}
.tall thead th{position:sticky;top:0;background:var(--bg)}
tbody th{font-weight:500;min-width:9.5em}
.n{text-align:right;white-space:nowrap}
td .soft{white-space:nowrap}
@media (min-width:641px){.compact td .soft{display:block}.compact th,.compact td{padding-right:10px}td.words{min-width:21em}}
thead th[class*="p"]:not(.n):not([class=""]){border-color:var(--c)}
thead th.n[class*=" p"]{box-shadow:inset 0 -3px var(--c)}
.pair{display:block}
th button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-align:inherit}
th button::after{content:" ↕";color:var(--soft)}
th[aria-sort=ascending] button::after{content:" ↑"}th[aria-sort=descending] button::after{content:" ↓"}
code{font:.88em ui-monospace,"DejaVu Sans Mono",monospace;white-space:nowrap}
details{margin-top:6px}summary{cursor:pointer;min-height:28px;font-size:.92rem}
footer{margin-top:40px;padding-bottom:32px;color:var(--soft);font-size:.9rem}
@media (max-width:640px){header,main,footer{padding-left:14px;padding-right:14px}.answer{padding:12px 14px}figure{padding:10px}h1{font-size:1.45rem}
.stacked thead{position:absolute;left:-9999px}.stacked,.stacked tbody,.stacked caption{display:block}
.stacked tr{display:block;border-bottom:1px solid var(--rule);padding:6px 0}.stacked th,.stacked td{display:block;border:0;padding:1px 0;text-align:left;white-space:normal}
.stacked td:empty{display:none}.stacked td::before{content:attr(data-title) ": ";color:var(--soft)}.stacked tbody th{font-weight:650}.stacked .pair:only-child{display:inline}}
@media print{fieldset,nav,.skip{display:none}figure{break-inside:avoid}}
`;

const DARK =
  '--bg:#10161d;--panel:#18212b;--ink:#e8edf2;--soft:#a9b6c2;--rule:#33404d;--grid:#26313c;--link:#7fbdf5;--good:#3ccf9f;--bad:#ff9478;--wait:#5c6a77;--empty:#1d2833';

/** The style sheet for so many policies. Unticking a policy hides what has its class; no script takes part. */
export function styleSheet(policies: number): string {
  const looks = Array.from({ length: policies }, (_, index) => POLICY_LOOKS[index % POLICY_LOOKS.length] as PolicyLook);
  const light = looks.map(({ light: colour, dash }, index) => `.p${index}{--c:${colour};--d:${dash}}`);
  const dark = looks.map(({ dark: colour }, index) => `.p${index}{--c:${colour}}`);
  const hidden = looks.map(
    (_, index) => `body:has(#show${index}:not(:checked)) main .p${index}:not(.toggle){display:none}`,
  );
  const heatOf = (colours: readonly string[]): string =>
    colours.map((colour, index) => `.h${index + 1}{fill:${colour}}`).join('');
  return `${BASE}.h0{fill:var(--empty)}\n${heatOf(HEAT_LIGHT)}\n${light.join('')}\n@media (prefers-color-scheme:dark){:root{${DARK}}${dark.join('')}${heatOf(HEAT_DARK)}}\n${hidden.join('\n')}\n`;
}
