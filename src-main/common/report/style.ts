/** The theme's colours of series, and for dark backgrounds; they come round again after the eighth. */
const light = ['#1f63c7', '#c8500a', '#0b7a5c', '#a03a86', '#806300', '#5a5f6b', '#6d3fd0', '#b3202f']
const dark = ['#7aa7ff', '#ff9a5c', '#4fcf9f', '#e58fd0', '#d8b648', '#a9b4c4', '#b597ff', '#ff8087']

export const seriesColours = light.length

const variables = (colours: readonly string[]) => colours.map((colour, index) => `--s${index}:${colour}`).join(';')

/** Of the whole report. What is for paper comes last: it has to win over the rest. */
export const reportStyle = `
:root{color-scheme:light dark;--back:#fff;--text:#17202b;--quiet:#56626f;--line:#d5dbe1;--soft:#f4f6f8;--warn:#8a4b00;--heat:47,111,219;${variables(light)}}
@media (prefers-color-scheme:dark){:root{--back:#14181d;--text:#e6eaee;--quiet:#9aa6b2;--line:#323b45;--soft:#1d232a;--warn:#ffbe6b;--heat:110,160,255;${variables(dark)}}}
*{box-sizing:border-box}
body{margin:0 auto;padding:32px 24px 64px;max-width:1080px;background:var(--back);color:var(--text);font:14px/1.5 Pretendard,system-ui,"Malgun Gothic","Apple SD Gothic Neo",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
h1{font-size:26px;line-height:1.25;margin:0}h2{font-size:18px;margin:40px 0 12px;padding-bottom:4px;border-bottom:1px solid var(--line)}h3{font-size:14px;margin:20px 0 8px}
header p,small{color:var(--quiet)}small{font-size:12px;font-weight:400}p{margin:8px 0;max-width:75ch}.warn{color:var(--warn)}
table{border-collapse:collapse;font-size:13px}th,td{padding:4px 12px 4px 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}th{font-weight:600}thead th{color:var(--quiet);font-weight:500;vertical-align:bottom}.n{text-align:right;white-space:nowrap}th.n{white-space:normal}td.n:last-child,th.n:last-child{padding-right:0}
.results th,.results td{padding:6px 20px 6px 0}.results td{min-width:88px}.results thead th{color:inherit;font-weight:600}.results tbody th{font-weight:400;color:var(--quiet)}.results small{display:block;line-height:1.3}.results td small{white-space:nowrap}.best{font-weight:700}
.scroll{overflow-x:auto}.model+.scroll{margin-top:10px}.row{display:flex;flex-wrap:wrap;gap:24px 32px}.charts>*{flex:1 1 380px;max-width:520px;min-width:0}.block{min-width:0;max-width:100%}.block table+table,.block .scroll+.scroll{margin-top:12px}
.badge{display:inline-block;min-width:20px;margin-right:6px;padding:0 5px;border:1.5px solid;border-radius:4px;font-size:12px;line-height:17px;font-weight:700;text-align:center}
.legend,.pairs{list-style:none;margin:8px 0;padding:0}.legend{display:flex;flex-wrap:wrap;gap:6px 20px}.pairs li{margin:8px 0}.pairs small{display:block}
figure{margin:0}figcaption{font-weight:600}svg{max-width:100%;height:auto}svg.graph{max-width:none}text{fill:var(--quiet);font-size:12px}.end{text-anchor:end}.middle{text-anchor:middle}.name{fill:var(--text);font-weight:600}.letter{font-weight:700}
.grid{stroke:var(--line)}.line{fill:none;stroke:currentColor;stroke-width:2}.dashed{stroke-dasharray:5 4}.mark{fill:var(--back);stroke:currentColor;stroke-width:1.5}text.letter{fill:currentColor;stroke:var(--back);stroke-width:3px;paint-order:stroke}.wire{fill:none;stroke:var(--quiet);stroke-width:1.5}.box{fill:var(--soft);stroke:var(--line);stroke-width:1.5}
${light.map((_, index) => `.m${index}{color:var(--s${index})}`).join('')}
.matrix th,.matrix td{padding:4px 10px;text-align:center}.matrix tbody th{text-align:right}.matrix .right{font-weight:700;outline:1px solid var(--quiet);outline-offset:-2px}
${Array.from({ length: 10 }, (_, level) => `.c${level}{background:rgba(var(--heat),${(level * 0.055).toFixed(2)})}`).join('')}
.convolution{stroke:var(--s0)}.pooling{stroke:var(--s2)}.dense{stroke:var(--s3)}.reshape{stroke:var(--s4)}.merge{stroke:var(--s1)}.regularisation{stroke:var(--s5)}
.layers{display:grid;grid-template-columns:max-content 1fr;gap:10px 20px;align-items:start}.layers h4{margin:0;font-size:13px;line-height:20px}.layers h4 small{display:block}
.strip{display:flex;flex-wrap:wrap;gap:6px;margin-bottom:6px}.strip img{image-rendering:pixelated;border:1px solid var(--line)}.maps img{height:56px;min-width:28px}.strip svg{width:150px;height:40px;color:var(--text);border:1px solid var(--line)}.strip .line{stroke-width:1;vector-effect:non-scaling-stroke}
pre,code{font-family:ui-monospace,"Cascadia Mono",Consolas,monospace;font-size:12px;overflow-wrap:anywhere}pre{padding:12px;background:var(--soft);border:1px solid var(--line);border-radius:6px;overflow-x:auto}
summary{cursor:pointer;font-weight:600;margin-top:12px}
@media (max-width:600px){body{padding:20px 16px 40px}.layers{grid-template-columns:1fr;gap:4px}.layers h4 small{display:inline;margin-left:8px}.results td{min-width:0}}
@page{size:A4;margin:14mm 13mm}
@media print{:root{color-scheme:light;--back:#fff;--text:#000;--quiet:#444;--line:#b5b5b5;--soft:#fff;--warn:#000;--heat:47,111,219;${variables(light)}}
body{max-width:none;padding:0;font-size:10pt}h1{font-size:18pt}h2{font-size:13pt;margin-top:24pt}h2,h3,h4,h2+p,.legend,summary{break-after:avoid}table{font-size:9pt}
figure,.block,.model,.layers>*,.pairs li,tr,img{break-inside:avoid}.scroll{overflow:visible}.charts>*{flex:1 1 300px}svg.graph{max-width:100%}.results th,.results td{padding-right:12px}.results td{min-width:0}
.maps img{height:40px;min-width:20px}.code{break-before:page}pre{padding:0;border:0;font-size:7.5pt;line-height:1.35;white-space:pre-wrap;overflow:visible}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`.replace(/\n/g, '')
