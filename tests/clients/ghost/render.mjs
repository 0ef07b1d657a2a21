// Renders documents as Ghost does: reads a JSON array of `lexical` texts, and writes the array of their HTML.
// Usage: render.mjs NODE_MODULES
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(`${process.argv[2]}/index.js`);
const loaded = require('@tryghost/kg-lexical-html-renderer');
const Renderer = loaded.default ?? loaded.LexicalHTMLRenderer ?? loaded;
const { DEFAULT_NODES } = require('@tryghost/kg-default-nodes');
const { JSDOM } = require('jsdom');
const renderer = new Renderer({ nodes: DEFAULT_NODES });
const html = [];
for (const lexical of JSON.parse(readFileSync(0, 'utf8'))) {
  html.push(await renderer.render(lexical, { createDocument: () => new JSDOM().window.document }));
}
process.stdout.write(JSON.stringify(html));
