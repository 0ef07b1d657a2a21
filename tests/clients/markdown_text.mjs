// Renders Markdown texts, a JSON list on standard input, by markdown-it and marked.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(`${process.env.CLIENTS_NODE ?? process.cwd()}/`);
const { default: MarkdownIt } = await import(require.resolve('markdown-it'));
const { marked } = await import(require.resolve('marked'));
const it = new MarkdownIt({ html: true, linkify: false, typographer: false });
const texts = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify({
  'markdown-it': texts.map((text) => it.render(text)),
  marked: texts.map((text) => marked.parse(text, { gfm: true, breaks: false })),
}));
